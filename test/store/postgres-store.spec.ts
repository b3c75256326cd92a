import { PGlite } from '@electric-sql/pglite';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { storeContract } from '../../lib/testing/index.js';
import { Document } from '../docs/documents.js';
import {
  postgresBinaries,
  PostgresServer,
} from '../support/postgres-server.js';
import { PostgresStore } from './postgres.store.js';

const GUIDE = new Document('guides/webhooks.md');
const NAME = '// src/postgres.store.ts\n';

/** The table, as the guide has it. */
const [TABLE] = GUIDE.blocks
  .map(({ code }) => code)
  .filter((code) => code.includes('create table kopokopo '));

const binaries = postgresBinaries();
const what = binaries === undefined ? 'PGlite' : 'a real PostgreSQL';

describe(`A store over ${what}`, () => {
  let server: PostgresServer | undefined;
  let database: PGlite | undefined;
  const pools: Pool[] = [];
  beforeAll(async () => {
    if (binaries === undefined) {
      database = new PGlite();
      await database.exec(TABLE!);
      return;
    }
    server = await PostgresServer.start(binaries);
    await open().query(TABLE!);
  });
  afterAll(async () => {
    await Promise.all(pools.map((pool) => pool.end().catch(() => undefined)));
    await server?.[Symbol.asyncDispose]();
    await database?.close();
  });

  function open(): Pool {
    const pool = new Pool({ connectionString: server!.url });
    pools.push(pool);
    return pool;
  }

  function store(): PostgresStore {
    return new PostgresStore(
      database === undefined
        ? open()
        : {
            query: (text, values) => database!.query(text, values),
            end: async () => {},
          },
    );
  }

  it.each(storeContract())('$name', ({ run }) => run(store));
});

describe('The guide', () => {
  it('shows this store, in no more than 80 lines', () => {
    const path = new URL('postgres.store.ts', import.meta.url);
    const tested = readFileSync(fileURLToPath(path), 'utf8');
    const { code } = GUIDE.blocks.find((block) => block.code.startsWith(NAME))!;
    const shown = code
      .slice(NAME.length)
      .replace("'nestjs-kopokopo'", "'../../lib/index.js'");
    expect(shown).toBe(tested);
    expect(code.split('\n').length).toBeLessThanOrEqual(80);
  });
});
