import { describe, expect, it } from '@jest/globals';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as api from '../../lib/index.js';
import { ROOT } from '../support/packed-package.js';
import { code, Document, DOCUMENTS, guide, README } from './documents.js';

interface Manifest {
  scripts: Record<string, string>;
  files: string[];
}

const { scripts, files } = JSON.parse(
  readFileSync(join(ROOT, 'package.json'), 'utf8'),
) as Manifest;

/** The compiler refuses it where a public member is missing, or is none. */
const TOKEN_SERVICE: Record<keyof api.TokenService, true> = {
  events: true,
  getToken: true,
  getTokenInfo: true,
  introspectToken: true,
  invalidateToken: true,
  peekToken: true,
  requestToken: true,
  revokeToken: true,
  status: true,
};

function firstCodes(rows: string[][]): string[] {
  return rows.map(([cell]) => code(cell!)[0]!);
}

describe('the README', () => {
  it('is at most 20 KB long', () => {
    expect(Buffer.byteLength(README.text)).toBeLessThanOrEqual(20_480);
  });

  it('links to nothing that is not in the package', () => {
    const strangers = README.links.filter(
      ({ path }) =>
        !['README.md', 'LICENSE', ...files].some(
          (file) => path === file || path.startsWith(`${file}/`),
        ),
    );
    expect(strangers).toEqual([]);
  });

  it('links to every guide', () => {
    const linked = new Set(README.links.map(({ path }) => path));
    const guides = readdirSync(join(ROOT, 'guides')).map(
      (name) => `guides/${name}`,
    );
    expect(guides.filter((path) => !linked.has(path))).toEqual([]);
  });
});

describe.each(DOCUMENTS.map((document) => [document.path, document] as const))(
  '%s',
  (_, document) => {
    it('has links that lead to files and headings that are there', () => {
      const broken = document.links.filter(({ path, anchor }) => {
        if (!existsSync(join(ROOT, path))) return true;
        if (anchor === undefined) return false;
        return !new Document(path).anchors.includes(anchor);
      });
      expect(broken).toEqual([]);
    });

    it('names npm scripts that are there', () => {
      const named = [
        ...document.text.matchAll(/npm run (?:-s )?([a-z][\w:]*)/g),
      ].map(([, name]) => name!);
      expect(named.filter((name) => !(name in scripts))).toEqual([]);
    });
  },
);

describe('the guides', () => {
  const errors = Object.entries(api).filter(
    ([name]) => /^KopoKopo.+Error$/.test(name) && name !== 'KopoKopoError',
  ) as unknown as [string, new (message: string) => api.KopoKopoError][];

  it('list each error class with its code, outcome and retryable', () => {
    const rows = guide('calling').table('Class');
    expect(
      rows.map(([name, text, , retryable, outcome]) => [
        ...code(name!),
        ...code(text!),
        retryable,
        ...code(outcome!),
      ]),
    ).toEqual(
      expect.arrayContaining(
        errors.map(([name, KopoKopoErrorClass]) => {
          const error = new KopoKopoErrorClass('one');
          const retryable = error.retryable ? 'yes' : 'no';
          return [name, error.code, retryable, error.outcome];
        }),
      ),
    );
    expect(rows).toHaveLength(errors.length);
  });

  it('and the README list the same error classes', () => {
    expect(firstCodes(README.table('Class'))).toEqual(
      firstCodes(guide('calling').table('Class')),
    );
  });

  it('list the public members of TokenService', () => {
    const listed = firstCodes(guide('calling').table('`TokenService`')).map(
      (text) => text.replace(/\(.*/, ''),
    );
    expect(listed.toSorted()).toEqual(Object.keys(TOKEN_SERVICE).toSorted());
  });

  it('list the events of a token', () => {
    const types = readFileSync(
      join(ROOT, 'lib/token/token-event.types.ts'),
      'utf8',
    ).matchAll(/^ +type: '([\w-]+)';$/gm);
    expect(
      firstCodes(guide('observability').table('`type`')).toSorted(),
    ).toEqual([...types].map(([, type]) => type!).toSorted());
  });

  it('quote lines of the log as the code writes them', () => {
    const source = readdirSync(join(ROOT, 'lib'), { recursive: true })
      .map(String)
      .filter((path) => path.endsWith('.ts'))
      .map((path) => readFileSync(join(ROOT, 'lib', path), 'utf8'))
      .join('\n');
    const fragments = firstCodes(
      guide('troubleshooting').table('The log says'),
    ).flatMap((line) => line.split('…'));
    expect(fragments.filter((text) => !source.includes(text))).toEqual([]);
  });
});

describe('the life of a payment', () => {
  it('takes a payment with its callback, once and none missed, in 40 lines at most', () => {
    const [all] = guide('payments').blocks;
    expect(all!.code).toContain('@OnKopoKopoResult');
    expect(all!.code.trimEnd().split('\n').length).toBeLessThanOrEqual(40);
  });
});
