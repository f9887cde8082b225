import { describeCommunityJourney } from './community.js';
import { startInSevenProcesses } from './running.js';

describeCommunityJourney('in seven processes', startInSevenProcesses);
