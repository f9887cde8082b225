import { describeCommunityJourney } from './community.js';
import { startInOneProcess } from './running.js';

describeCommunityJourney('in one process', startInOneProcess);
