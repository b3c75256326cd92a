/** A delivery that was verified and waits for its handlers. @publicApi */
export interface QueuedDelivery {
  /** A delivery. */
  readonly kind: 'delivery';
  /** Account that signed it. */
  readonly account: string;
  /** The bytes as they came, in base64; they hold names and phone numbers. */
  readonly bytes: string;
  /** When it came, in milliseconds since 1970. */
  readonly receivedAt: number;
}

/** A request whose end is to be looked for. @publicApi */
export interface QueuedCheck {
  /** A look at a request. */
  readonly kind: 'check';
  /** Account that asked for it. */
  readonly account: string;
  /** Kopo Kopo's word for the kind of request. */
  readonly type: string;
  /** Id of the request. */
  readonly id: string;
  /** When it was asked for, in milliseconds since 1970. */
  readonly since: number;
  /** Milliseconds of the pause before this look. */
  readonly pause: number;
}

/** What a queue keeps: plain objects that survive JSON. @publicApi */
export type QueuedJob = QueuedDelivery | QueuedCheck;

/** The job has succeeded. @publicApi */
export interface JobDone {
  /** It has succeeded. */
  readonly fate: 'done';
}

/** The job is tried again as the queue has it, or given up. @publicApi */
export interface JobFailed {
  /** It has failed. */
  readonly fate: 'failed';
  /** Why, without a name or a number. */
  readonly reason: string;
}

/** The job comes once more; no attempt is counted. @publicApi */
export interface JobAgain {
  /** It comes once more. */
  readonly fate: 'again';
  /** Milliseconds until then. */
  readonly inMs: number;
  /** Its content then. */
  readonly job: QueuedJob;
}

/** What is to become of a job. @publicApi */
export type QueuedJobFate = JobDone | JobFailed | JobAgain;

/**
 * A durable queue between the route and the handlers, such as `BullMqDeliveryQueue`.
 *
 * @publicApi
 */
export interface KopoKopoDeliveryQueue {
  /**
   * Resolves when the job is stored. One whose id is in the queue already is not added twice.
   *
   * @param id 32 hex digits
   * @param delay milliseconds before it is due
   */
  add(job: QueuedJob, id: string, delay?: number): Promise<void>;
  /** Takes a job out that is not due yet; one that is not there is no fault. */
  remove(id: string): Promise<void>;
  /** Hands the jobs of an account to `handle` from now on, in processes that work. `handle` never rejects. */
  start(
    account: string,
    handle: (job: QueuedJob) => Promise<QueuedJobFate>,
  ): void;
  /**
   * Takes no more jobs, and resolves when those in hand have ended; rejects when they have not within so many
   * milliseconds. May be called twice.
   */
  close(limit?: number): Promise<void>;
}
