/** Forms of files of labels: what each is called, how it looks, and what a file's name says of it. */
import type { LabelFile } from '../api/types';

export type Form = LabelFile['form'];

/** Bytes of a file; the server takes as many characters. */
export const LARGEST = 10_000_000;

export interface FormAbout {
  form: Form;
  title: string;
  about: string;
  example: string;
}

export const FORMS: readonly FormAbout[] = [
  {
    form: 'conllu', title: 'CoNLL-U (.conllu)',
    about: 'Ten columns with tabs between them, an empty line after each sentence. UPOS, XPOS, DEPREL and each feature become labels. Sentences stand in the order of the corpus, or sent_id is the row, counted from 0.',
    example: '# sent_id = 0\n1\tHe\the\tPRON\tPRP\tNumber=Sing\t2\tnsubj\t_\t_\n2\tleft\tleave\tVERB\tVBD\tTense=Past\t0\troot\t_\t_\n3\t.\t.\tPUNCT\t.\t_\t2\tpunct\t_\t_\n',
  },
  {
    form: 'table', title: 'Table of words (.tsv)',
    about: 'The first line names the columns: word, then one or more labels, with tabs between them. One word a line, an empty line between sentences, all sentences of the corpus. An empty cell is no label.',
    example: 'word\tner\tchunk\nHe\t\tNP\nleft\t\tVP\nParis\tLOC\tNP\n.\t\t',
  },
  {
    form: 'pairs', title: 'Lines of words and lines of labels (NeuroX)',
    about: 'Two files: line i of one has the words of sentence i, line i of the other as many labels, with spaces between them. Without a file of words, the words are the sentences cut at spaces.',
    example: 'He left Paris .\nO O LOC O',
  },
  {
    form: 'words', title: 'List of words (.txt)',
    about: 'One word a line: its words are listed, all others other. Or a word and its class a line, with a tab between them. Case does not count.',
    example: 'Paris\tplace\nLondon\tplace\nMay\tmonth',
  },
];

const SUFFIXES: readonly (readonly [RegExp, Form])[] = [
  [/\.conllu?$/i, 'conllu'], [/\.tsv$/i, 'table'], [/\.labels?$/i, 'pairs'], [/\.(txt|list)$/i, 'words'],
];

/** The form that the end of a file's name stands for. */
export function formOf(file: string): Form | null {
  return SUFFIXES.find(([end]) => end.test(file))?.[1] ?? null;
}

/** What the labels of a file are called if nobody says otherwise: `ner` for test.source.ner.labels. */
export function nameOf(file: string): string {
  const parts = file.replace(/^.*[/\\]/, '').split('.').filter((p) => p !== '');
  const own = parts.length > 1 ? parts.slice(0, -1) : parts;
  return (own[own.length - 1] ?? '').slice(0, 40);
}
