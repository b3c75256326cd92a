/** How the text of a variable becomes an option. @internal */
export type VariableKind =
  'text' | 'list' | 'integer' | 'decimal' | 'boolean' | 'redis-url';

/**
 * A variable of the environment, and the option that it gives.
 *
 * @internal
 */
export interface Variable {
  /** What stands behind `KOPOKOPO_`. */
  name: string;
  /** Path of the option. */
  option: string;
  kind: VariableKind;
  /** Its value is never shown. */
  isSecret: boolean;
}

type Row = [
  name: string,
  option: string,
  kind: VariableKind,
  secret?: 'secret',
];

const ROWS: Row[] = [
  ['ENVIRONMENT', 'environment', 'text'],
  ['BASE_URL', 'baseUrl', 'text'],
  ['CLIENT_ID', 'clientId', 'text'],
  ['CLIENT_SECRET', 'clientSecret', 'text', 'secret'],
  ['CLIENT_SECRETS', 'clientSecret', 'list', 'secret'],
  ['API_KEY', 'apiKey', 'text', 'secret'],
  ['API_VERSION', 'apiVersion', 'text'],
  ['TIMEOUT', 'timeout', 'integer'],
  ['USER_AGENT', 'userAgent', 'text'],
  ['TOKEN_PREFETCH', 'token.prefetch', 'text'],
  ['TOKEN_EARLY_WINDOW', 'token.earlyWindow', 'decimal'],
  ['TOKEN_LAST_WINDOW', 'token.lastWindow', 'integer'],
  ['TOKEN_MINT_BUDGET', 'token.mintBudget', 'integer'],
  ['TOKEN_MINT_ATTEMPTS', 'token.mintAttempts', 'integer'],
  ['TOKEN_ATTEMPT_TIMEOUT', 'token.attemptTimeout', 'integer'],
  ['TOKEN_COOLDOWN_MIN', 'token.cooldownMin', 'integer'],
  ['TOKEN_COOLDOWN_MAX', 'token.cooldownMax', 'integer'],
  ['TOKEN_REVOKE_DELAY', 'token.revokeDelay', 'integer'],
  ['TOKEN_BEAT', 'token.beat', 'integer'],
  ['TOKEN_LAPSE', 'token.lapse', 'integer'],
  ['JOURNAL', 'journal', 'text'],
  ['WEBHOOKS_PATH', 'webhooks.path', 'text'],
  ['WEBHOOKS_PUBLIC_URL', 'webhooks.publicUrl', 'text'],
  ['SHUTDOWN_REVOKE', 'shutdown.revoke', 'boolean'],
  ['SHUTDOWN_TIMEOUT', 'shutdown.timeout', 'integer'],
  ['SHUTDOWN_DEADLINE', 'shutdown.deadline', 'integer'],
  ['REDIS_URL', 'token.store', 'redis-url', 'secret'],
  ['QUEUE_REDIS_URL', 'webhooks.queue', 'redis-url', 'secret'],
];

/** Every variable that is read: the one list of their names. @internal */
export const VARIABLES: readonly Variable[] = ROWS.map(
  ([name, option, kind, secret]) => ({
    name,
    option,
    kind,
    isSecret: secret !== undefined,
  }),
);
