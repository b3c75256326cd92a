/**
 * `nestjs-kopokopo/config`: the options, read from the environment.
 *
 * @module config
 */
export { kopokopoConfig } from './kopokopo.config.js';
