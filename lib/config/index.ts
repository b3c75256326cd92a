export { kopokopoConfig } from './kopokopo.config.js';
