/** The page: a header and linked panes. */
import { Header } from './components/Header';
import { HelpDialog } from './components/HelpDialog';
import { Notices } from './components/Notices';
import { Failure } from './components/States';
import { Ablation } from './panes/Ablation';
import { Activations } from './panes/Activations';
import { Attribution } from './panes/Attribution';
import { Bias } from './panes/Bias';
import { Control } from './panes/Control';
import { Corpus } from './panes/Corpus';
import { Prune } from './panes/Prune';
import { Decoding } from './panes/Decoding';
import { Neuron } from './panes/Neuron';
import { Neurons } from './panes/Neurons';
import { CompareRankings } from './panes/CompareRankings';
import { LayerSimilarity } from './panes/LayerSimilarity';
import { NewProject } from './panes/NewProject';
import { LabelFiles } from './panes/LabelFiles';
import { NewRanking } from './panes/NewRanking';
import { RankingDetails } from './panes/RankingDetails';
import { Rankings } from './panes/Rankings';
import { Score } from './panes/Score';
import { Selected } from './panes/Selected';
import { Sets } from './panes/Sets';
import { Translations } from './panes/Translations';
import { projectLoad } from './services/project';

export function App() {
  const load = projectLoad.load.value;
  return (
    <>
      <Header />
      <Notices />
      <main tabIndex={-1}>
        {load.state === 'error' && load.error !== null && load.value === null ? (
          <Failure error={load.error} what="The project could not be opened" retry={() => { projectLoad.reload(); }} />
        ) : (
          <div class="panes">
            <Translations />
            <Activations />
            <Rankings />
            <Neurons />
            <Neuron />
            <Selected />
            <Score />
          </div>
        )}
      </main>
      <NewRanking />
      <LabelFiles />
      <RankingDetails />
      <CompareRankings />
      <LayerSimilarity />
      <Ablation />
      <Attribution />
      <Sets />
      <Decoding />
      <Control />
      <Bias />
      <Prune />
      <Corpus />
      <NewProject />
      <HelpDialog />
    </>
  );
}
