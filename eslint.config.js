import js from '@eslint/js';
import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['**/schema.d.ts', '**/dist/**', '**/*.tsbuildinfo'] },
  js.configs.recommended,
  ...tseslint.configs.strict,
  ...tseslint.configs.stylistic,
  {
    rules: {
      eqeqeq: 'error',
      'no-console': 'error',
      'no-restricted-properties': [
        'error',
        { property: 'innerHTML', message: 'Text is rendered as text.' },
        { property: 'outerHTML', message: 'Text is rendered as text.' },
        { property: 'dangerouslySetInnerHTML', message: 'Text is rendered as text.' },
      ],
      'no-restricted-syntax': [
        'error',
        {
          selector: "JSXOpeningElement[name.name=/^(input|textarea)$/]:has(> JSXAttribute[name.name='value']):not(:has(> JSXAttribute[name.name='onInput'])):not(:has(> JSXSpreadAttribute[argument.name='typed']))",
          message: 'Drawn anew, this field loses what is being typed. Keep it from onInput on: useTyped (lib/typed.ts), NumberField.',
        },
      ],
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      '@typescript-eslint/consistent-type-definitions': ['error', 'interface'],
      '@typescript-eslint/no-non-null-assertion': 'error',
    },
  },
  {
    files: ['**/*.mjs', '**/*.js'],
    languageOptions: { globals: { process: 'readonly', fetch: 'readonly', URL: 'readonly' } },
  },
);
