/** Start: read the address, draw, then open the line to the server. */
import { render } from 'preact';
import { App } from './app';
import { followActivations } from './services/activations';
import { connect } from './services/connection';
import { followHover } from './services/hover';
import { followJobs } from './services/jobs';
import { followKeys } from './services/keys';
import { neuronLoad } from './services/neuron';
import { notify } from './services/notices';
import { followPalette } from './services/paint';
import { loadPreferences } from './services/preferences';
import { followProject } from './services/project';
import { rankingLoad } from './services/ranking';
import { followRankings } from './services/rankings';
import { followDraft } from './services/draft';
import { followDetails } from './services/details';
import { followPartners } from './services/partners';
import { followMarks } from './services/marking';
import { followNames } from './services/names';
import { followScore } from './services/score';
import { sentencesLoad } from './services/sentences';
import { followAddress } from './services/store';
import { followTranslations } from './services/translations';
import './styles/base.css';
import './styles/layout.css';
import './styles/panes.css';
import './styles/rankings.css';

loadPreferences();
followAddress();
followPalette();
followProject();
sentencesLoad.follow();
rankingLoad.follow();
followRankings();
followDraft();
followDetails();
followPartners();
followMarks();
followNames();
neuronLoad.follow();
followActivations();
followTranslations();
followScore();
followHover();
followKeys();

const root = document.getElementById('app');
if (root !== null) render(<App />, root);

followJobs();
connect().catch((error: unknown) => {
  notify('error', `The open line to the server could not be made (${String(error)}). Everything works without it, only slower.`);
});
