import type { Chance } from './chance.js';
import type { Scenario } from './scenario.js';

/** The server's own truth about a token; times by the world's clock. */
export interface ServerToken {
  value: string;
  createdAt: number;
  expiresAt: number;
  revoked: boolean;
  /** An answer with it has reached the client. */
  known: boolean;
}

export interface Answer {
  status: number;
  headers: Record<string, string>;
  text: string;
  /** The token that it holds. */
  token?: ServerToken;
}

/** How long a client has to take an unreadable answer's token to live, in milliseconds. */
const USUAL_LIFE = 3_600_000;

/** Kopo Kopo's OAuth endpoints as far as the life of a token goes. */
export class VirtualServer {
  readonly tokens = new Map<string, ServerToken>();

  constructor(
    private readonly scenario: Scenario,
    private readonly chance: Chance,
  ) {}

  lives(value: string, at: number): boolean {
    const token = this.tokens.get(value);
    return token !== undefined && !token.revoked && at < token.expiresAt;
  }

  living(at: number): ServerToken[] {
    return [...this.tokens.values()].filter(({ value }) =>
      this.lives(value, at),
    );
  }

  mint(at: number, life = this.scenario.life): Answer {
    const reused = this.reusable(at);
    const token = reused ?? this.create(at, life * 1_000);
    const left = Math.floor((token.expiresAt - at) / 1_000);
    return this.answer(token, {
      access_token: token.value,
      token_type: 'Bearer',
      expires_in: reused === undefined ? life : left,
      ...(this.scenario.tellsCreation
        ? { created_at: Math.floor(token.createdAt / 1_000) }
        : {}),
    });
  }

  /** A 200 that is not what it should be; some of them hold a token that lives all the same. */
  malformed(at: number): Answer {
    const kind = this.chance.whole(0, 4);
    if (kind === 0) return html(200);
    if (kind === 1) return { status: 200, headers: {}, text: '{"access_tok' };
    const life = Math.min(USUAL_LIFE, this.scenario.life * 1_000);
    const token = this.create(at, life);
    if (kind === 2) return { ...this.answer(token, {}), token: undefined };
    return this.answer(token, {
      access_token: token.value,
      ...(kind === 3
        ? { token_type: 'mac', expires_in: 3_600 }
        : { token_type: 'Bearer', expires_in: -1 }),
    });
  }

  revoke(value: string): Answer {
    const token = this.tokens.get(value);
    if (token !== undefined) token.revoked = true;
    return { status: 200, headers: {}, text: '{}' };
  }

  private reusable(at: number): ServerToken | undefined {
    const { reuseFrom, life } = this.scenario;
    if (reuseFrom >= 1) return undefined;
    // Nothing says which one it takes, and two requests at once may bring two.
    if (this.chance.is(0.2)) return undefined;
    const candidates = this.living(at).filter(
      ({ expiresAt }) => expiresAt - at >= reuseFrom * life * 1_000,
    );
    return candidates.length > 0 ? this.chance.pick(candidates) : undefined;
  }

  private create(at: number, life: number): ServerToken {
    if (this.scenario.revokePrevious) {
      for (const token of this.tokens.values()) token.revoked = true;
    }
    const token: ServerToken = {
      value: `token-${this.tokens.size + 1}`,
      createdAt: at,
      expiresAt: at + life,
      revoked: false,
      known: false,
    };
    this.tokens.set(token.value, token);
    return token;
  }

  private answer(token: ServerToken, body: object): Answer {
    return { status: 200, headers: {}, text: JSON.stringify(body), token };
  }
}

export function html(status: number): Answer {
  return { status, headers: {}, text: '<html>Sorry</html>' };
}

export function refusal(status: number, error: string): Answer {
  return { status, headers: {}, text: JSON.stringify({ error }) };
}
