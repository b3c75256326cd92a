import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { ROOT } from '../support/packed-package.js';

/** What stands between two fences. */
export interface Block {
  language: string;
  code: string;
  /** Line of the opening fence, for a message. */
  line: number;
}

/** A page of the documentation. */
export class Document {
  readonly text: string;

  /** `path` is relative to the root of the repository. */
  constructor(readonly path: string) {
    this.text = readFileSync(join(ROOT, path), 'utf8');
  }

  get blocks(): Block[] {
    return [...this.text.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(
      ({ 1: language, 2: code, index }) => ({
        language: language!,
        code: code!,
        line: this.text.slice(0, index).split('\n').length,
      }),
    );
  }

  /** The page without its blocks. */
  get prose(): string {
    return this.text.replaceAll(/^```.*?^```$/gms, '');
  }

  /** Anchors of the headings, as GitHub makes them. */
  get anchors(): string[] {
    const seen = new Map<string, number>();
    return [...this.prose.matchAll(/^#+ (.+)$/gm)].map(([, title]) => {
      const slug = title!
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
        .replaceAll(' ', '-');
      const times = seen.get(slug) ?? 0;
      seen.set(slug, times + 1);
      return times === 0 ? slug : `${slug}-${times}`;
    });
  }

  /** Links that lead to a file or to a heading of ours. */
  get links(): { link: string; path: string; anchor: string | undefined }[] {
    return [...this.prose.matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, link]) => link!)
      .filter((link) => !/^[a-z]+:/.test(link))
      .map((link) => {
        const [file, anchor] = link.split('#') as [string, string?];
        const path =
          file === '' ? this.path : posix.join(dirname(this.path), file);
        return { link, path, anchor };
      });
  }

  /** Cells of the table whose header begins so; without the header. */
  table(firstHeading: string): string[][] {
    const lines = this.prose.split('\n');
    const start = lines.findIndex(
      (line) => cells(line)[0] === firstHeading && line.startsWith('|'),
    );
    if (start === -1) throw new Error(`${this.path}: no such table`);
    const rest = lines.slice(start + 2);
    const end = rest.findIndex((line) => !line.startsWith('|'));
    return rest.slice(0, end).map(cells);
  }
}

function cells(line: string): string[] {
  return line
    .split(/(?<!\\)\|/)
    .slice(1, -1)
    .map((cell) => cell.trim());
}

export const README = new Document('README.md');

export const GUIDES = readdirSync(join(ROOT, 'guides'))
  .toSorted()
  .map((name) => new Document(`guides/${name}`));

export const DOCUMENTS = [
  README,
  ...GUIDES,
  ...['CONTRIBUTING.md', 'SECURITY.md', 'bench/README.md'].map(
    (path) => new Document(path),
  ),
];

export function guide(name: string): Document {
  return GUIDES.find(({ path }) => path === `guides/${name}.md`)!;
}

/** The text between backticks. */
export function code(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, text]) => text!);
}
