/**
 * `nestjs-kopokopo/config`: the options, read from the environment.
 *
 * @module config
 */
export { kopokopoConfig, kopokopoConfigOf } from './kopokopo.config.js';
