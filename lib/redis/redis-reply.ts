/** A server below version 7 puts what a script's command says into a reply of its own. */
const FROM_SCRIPT =
  /^ERR Error running script\b[^]*?: -([A-Z][A-Z_]{2,23} [^]*)$/;

/** What a server says that is not, or not yet, the one to talk to: its address may lead elsewhere by now. */
const ELSEWHERE = /^(READONLY|LOADING|MASTERDOWN)/;

/** A rule of the user that Redis logged in, at the script or at a command in it. */
const FORBIDDEN = /^NOPERM|ACL failure in script|user executing the script/;

const NO_SUCH_COMMAND = /^ERR (unknown|unsupported) command/i;

/**
 * The reply of a server, from the word that matters on (`READONLY …`), also where the command that failed
 * stood in a script.
 *
 * @internal
 */
export function replyOf(error: unknown): string {
  const { message } = error as Error;
  return FROM_SCRIPT.exec(message)?.[1] ?? message;
}

/** @internal */
export function leadsElsewhere(error: unknown): boolean {
  return ELSEWHERE.test(replyOf(error));
}

/**
 * Advice about a server on which no script can run, in one sentence; nothing where scripts run.
 *
 * @internal
 */
export function scriptAdvice(error: unknown): string | undefined {
  const reply = replyOf(error);
  if (FORBIDDEN.test(reply)) {
    return 'Redis refuses this user what RedisTokenStore needs (NOPERM): allow it the commands EVAL, EVALSHA, TIME, TYPE, GET, SET, DEL, HMGET, HSET and PEXPIRE, and the keys that begin with the store’s keyPrefix, or with kopokopo.';
  }
  return NO_SUCH_COMMAND.test(reply)
    ? 'Redis does not know EVAL or EVALSHA, which RedisTokenStore needs: they are renamed or switched off there; give them back, or use another Redis.'
    : undefined;
}
