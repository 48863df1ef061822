/** Short names for the generated wire types. */
import type { components } from './schema';

type Schemas = components['schemas'];

export type Project = Schemas['Project'];
export type ProjectSummary = Schemas['ProjectSummary'];
export type ModelInfo = Schemas['ModelInfo'];
export type LayerInfo = Schemas['LayerInfo'];
export type RankingMethod = Schemas['RankingMethod'];
export type NeuronNote = Schemas['NeuronNote'];
export type Preset = Schemas['Preset'];
export type TextView = Schemas['TextView'];
export type Sentence = Schemas['Sentence'];
export type SentencePage = Schemas['SentencePage'];
export type InterventionBody = Schemas['InterventionBody'];
export type TranslateRequest = Schemas['TranslateRequest'];
export type TranslateResponse = Schemas['TranslateResponse'];
export type TranslatedItem = Schemas['TranslatedItem'];
export type Output = Schemas['Output'];
export type ActivationsRequest = Schemas['ActivationsRequest'];
export type ActivationsMeta = Schemas['ActivationsMeta'];
export type RankingInfo = Schemas['RankingInfo'];
export type NeuronInfo = Schemas['NeuronInfo'];
export type WordScore = Schemas['WordScore'];
export type Context = Schemas['Context'];
export type Histogram = Schemas['Histogram'];
export type ScoreRequest = Schemas['ScoreRequest'];
export type ScoreResult = Schemas['ScoreResult'];
export type PartScore = Schemas['PartScore'];
export type Job = Schemas['Job'];
export type ErrorBody = Schemas['ErrorBody'];
export type Operation = InterventionBody['operation'];
export type Unit = InterventionBody['unit'];
export type Scope = InterventionBody['scope'];
