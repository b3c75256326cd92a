import type { Runtime } from '../../time/runtime.js';
import type { CreationJournal } from '../journal/creation.journal.js';
import type { OpenCreations } from './open-creations.js';
import type { ResultArrivals } from './result-arrivals.js';
import type { KopoKopoHttpService } from '../kopokopo-http.service.js';

/** What resources need of the module. @internal */
export interface ResourceDoor {
  http: KopoKopoHttpService;
  runtime: Runtime;
  /** The configured origin. */
  origin: string;
  apiVersion: string;
  /** URL of this instance's own webhook route, where the internet reaches it. */
  callbackUrl: () => string | undefined;
  arrivals: ResultArrivals;
  journal: CreationJournal;
  openCreations: OpenCreations;
}
