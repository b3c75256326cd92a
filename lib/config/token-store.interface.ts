/**
 * A token as a store keeps it: sealed, so that nobody who reads the store can use it.
 *
 * @publicApi
 */
export interface StoredToken {
  /** Names the token without giving it away; two entries with one id are the same token. */
  id: string;
  /** The encrypted token. */
  sealed: string;
  /** Milliseconds of life left, by the store's own clock. */
  remaining: number;
}

/**
 * A token on its way to the store.
 *
 * @publicApi
 */
export interface PublishedToken extends StoredToken {
  /**
   * The store's `now` at which `remaining` was left, so that a step that takes long makes no token
   * live longer; never later than its arrival, which it is where it is left out.
   */
  asOf?: number | undefined;
  /**
   * It has been replaced or rejected already, and the store may have forgotten that it is to be revoked:
   * it becomes no token in use, and stays one where it is.
   */
  superseded?: boolean | undefined;
}

/**
 * A pause that the whole fleet keeps after a failure.
 *
 * @publicApi
 */
export interface StoredCoolDown {
  /** Milliseconds left, by the store's own clock. */
  remaining: number;
  /** `code` of the error that began it. */
  code: string;
}

/**
 * The knowledge of a store about one account at one moment.
 *
 * @publicApi
 */
export interface TokenStoreView {
  /** The token in use, where there is one that lives. */
  token?: StoredToken | undefined;
  /** The pause that is on, where there is one. */
  coolDown?: StoredCoolDown | undefined;
  /** Living members; those included that it has lost sight of and that are expected back. */
  members: number;
  /** The store did not know this member, who was one before: it may have forgotten more. */
  forgotten?: boolean | undefined;
  /** The store's own clock at this step, in milliseconds since any moment. */
  now: number;
}

/**
 * The answer of a store to a process that asks for the renewal lease.
 *
 * @publicApi
 */
export interface TokenStoreLease extends TokenStoreView {
  /** True where this member has the lease from here on. */
  granted: boolean;
}

/**
 * Where a fleet shares one token. Every method but `close` is one atomic step on the account it names;
 * times are told by the store's own clock. A step that rejects, takes longer than 200 ms or answers
 * something else than it should means that the store is out of reach. Entries vanish when what they
 * stand for has expired.
 *
 * In all of them `account` names the account without giving it away, and `member` a process, or what a
 * process does beside its renewals: such a name only publishes, and never joins.
 *
 * @publicApi
 */
export interface TokenStore {
  /**
   * Joins as a member (or stays one) and looks. One that knew of more members than the store does, and
   * that the store does not know, shows that the store has lost sight of them: for `lapse` milliseconds
   * so many are expected back, and nobody is the last.
   *
   * @param lapse milliseconds for which it counts without a further sign of life
   * @param known `members` at its last look; 0 (the default) before the first
   */
  beat(
    account: string,
    member: string,
    lapse: number,
    known?: number,
  ): Promise<TokenStoreView>;

  /**
   * As `beat`, and takes the renewal lease if nobody has it and no pause is on. A lease that ends more
   * than ten times `duration` from now is nobody's.
   *
   * @param duration milliseconds after which the lease lapses by itself
   */
  lease(
    account: string,
    member: string,
    lapse: number,
    duration: number,
    known?: number,
  ): Promise<TokenStoreLease>;

  /** Gives the lease back, if this member has it. */
  release(account: string, member: string): Promise<void>;

  /**
   * Makes a token the one in use, gives the lease back, ends the pause. The one it replaces is
   * retired: to be revoked in `delay` milliseconds. Where this member does not have the lease, a
   * token that lives there stays and the given one is retired, and one that was retired before stays
   * so. The one in use that is given again is in use with what is given. A token that has expired on its
   * way changes nothing but the lease.
   *
   * A `superseded` one changes nothing where the store knows it, in use or retired. Else it is retired;
   * where no token is in use it is to be revoked `delay` milliseconds after one has come.
   *
   * @param delay milliseconds until what it retires is to be revoked
   * @returns the view afterwards: its `token` is the one to use
   */
  publish(
    account: string,
    member: string,
    token: PublishedToken,
    delay: number,
  ): Promise<TokenStoreView>;

  /** Begins a pause and gives the lease back; only for the member that has it. */
  coolDown(
    account: string,
    member: string,
    pause: StoredCoolDown,
  ): Promise<void>;

  /**
   * Retires the token in use if it has this id. Others may have nothing better yet: it is to be revoked
   * `delay` milliseconds after its successor has come.
   */
  invalidate(account: string, id: string, delay: number): Promise<void>;

  /**
   * Ends the membership and gives the lease back. The last one out, where nobody is expected back,
   * retires the token in use, and everything retired is due at once, claimed or not: who claimed it is
   * gone.
   *
   * @returns the members that are left, those included that are expected back
   */
  leave(
    account: string,
    member: string,
  ): Promise<Pick<TokenStoreView, 'members'>>;

  /**
   * Retired tokens that are due and that nobody has claimed; this member has `hold` milliseconds to
   * revoke and `settle` them, then they are there for others again. One without a successor is due
   * where no other member is left.
   */
  claim(account: string, member: string, hold: number): Promise<StoredToken[]>;

  /**
   * A retired token has been revoked: it is not claimed any more. While there are members its id is
   * kept until it would have expired, so that none of them can publish it again.
   */
  settle(account: string, id: string): Promise<void>;

  /**
   * Frees what the store holds open for this member; other members of the same process may go on. It
   * may be called again, and steps may follow. It is given 200 ms, and what it rejects with is ignored.
   */
  close(member: string): Promise<void>;
}
