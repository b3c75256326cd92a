import type {
  KopoKopoStore,
  NextDocument,
  StoredDocument,
  SwapResult,
} from '../../lib/index.js';

/** What is used of `Pool` of the package pg. */
interface Pool {
  query(text: string, values: unknown[]): Promise<{ rows: unknown[] }>;
  end(): Promise<void>;
}

const NOW = '(extract(epoch from clock_timestamp()) * 1000)::float8 as now';
const UNTIL = "clock_timestamp() + $5::bigint * interval '1 millisecond'";
const LIVES = 'until > clock_timestamp()';

export class PostgresStore implements KopoKopoStore {
  constructor(private readonly pool: Pool) {}

  async read(key: string): Promise<StoredDocument> {
    const [row] = await this.rows(
      `select ${NOW}, document, version from (select) as one
       left join kopokopo on key = $1 and ${LIVES}`,
      [key],
    );
    const { now, document, version } = row!;
    return version === null ? { now } : { now, document, version };
  }

  async swap(
    key: string,
    expected: string | undefined,
    next: NextDocument | undefined,
  ): Promise<SwapResult> {
    const [row] = await this.written(key, expected, next);
    if (row === undefined) return { swapped: false, ...(await this.read(key)) };
    const { document, version } = { ...next };
    const there = next === undefined ? {} : { document, version };
    return { swapped: true, now: row.now, ...there } as SwapResult;
  }

  close(): Promise<void> {
    return this.pool.end();
  }

  /** One row where it was written. */
  private written(key: string, expected?: string, next?: NextDocument) {
    const is = [key, expected ?? null];
    if (next === undefined) {
      return this.rows(
        expected === undefined
          ? `select ${NOW} where $2::text is null and not exists
             (select from kopokopo where key = $1 and ${LIVES})`
          : `delete from kopokopo where key = $1 and version = $2 and ${LIVES}
             returning ${NOW}`,
        is,
      );
    }
    return this.rows(
      expected === undefined
        ? `insert into kopokopo as old (key, document, version, until)
           select $1, $3, $4, ${UNTIL} where $2::text is null
           on conflict (key) do update set document = excluded.document,
           version = excluded.version, until = excluded.until
           where not old.${LIVES} returning ${NOW}`
        : `update kopokopo set document = $3, version = $4, until = ${UNTIL}
           where key = $1 and version = $2 and ${LIVES} returning ${NOW}`,
      [...is, next.document, next.version, next.ttl],
    );
  }

  private async rows(text: string, values: unknown[]) {
    const { rows } = await this.pool.query(text, values);
    return rows as { now: number; document: string; version: string | null }[];
  }
}
