import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import type { PackedConsumer } from '../support/packed-package.js';
import type { Block, Document } from './documents.js';

/** The first line of a block that is a file of its own: `// src/app.module.ts`. */
const FILE_NAME = /^\/\/ (src\/[\w./-]+\.ts)\n/;

/**
 * Writes the TypeScript of a page into a project, and gives the paths. A block with a file name is that
 * file; one with imports stands for itself; any other is a fragment, which may use `context.mts`.
 */
export function writeBlocks(
  { path, blocks }: Document,
  consumer: PackedConsumer,
  context: readonly string[],
): string[] {
  const folder = path.replaceAll(/\W/g, '-');
  const written = new Set<string>();
  for (const block of blocks.filter(({ language }) => isCode(language))) {
    const named = FILE_NAME.exec(block.code)?.[1];
    const name = join(folder, named ?? `line-${block.line}.mts`);
    if (written.has(name)) throw new Error(`${path}: ${named} is there twice`);
    written.add(name);
    const target = join(consumer.folder, name);
    mkdirSync(dirname(target), { recursive: true });
    const isFragment = named === undefined && !/^import /m.test(block.code);
    writeFileSync(target, isFragment ? completed(block, context) : block.code);
  }
  return [...written];
}

/** JavaScript is TypeScript, too. */
function isCode(language: string): boolean {
  return ['ts', 'typescript', 'js', 'javascript'].includes(language);
}

/** A fragment, with an import of what it uses and does not declare. */
function completed({ code }: Block, context: readonly string[]): string {
  const source = ts.createSourceFile('block.mts', code, ts.ScriptTarget.ES2023);
  const used = new Set<string>();
  const declared = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) used.add(node.text);
    if (
      (ts.isVariableDeclaration(node) || ts.isClassDeclaration(node)) &&
      node.name !== undefined
    ) {
      namesOf(node.name).forEach((name) => declared.add(name));
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  const imported = context.filter(
    (name) => used.has(name) && !declared.has(name),
  );
  return `import { ${imported.join(', ')} } from '../context.mjs';\n${code}`;
}

function namesOf(name: ts.BindingName): string[] {
  return ts.isIdentifier(name)
    ? [name.text]
    : name.elements.flatMap((element) =>
        ts.isOmittedExpression(element) ? [] : namesOf(element.name),
      );
}

/** The names that a module exports. */
export function exportsOf(code: string): string[] {
  const source = ts.createSourceFile('m.mts', code, ts.ScriptTarget.ES2023);
  return source.statements.flatMap((statement) => {
    if (ts.isExportDeclaration(statement)) {
      return ts.isNamedExports(statement.exportClause!)
        ? statement.exportClause.elements.map(({ name }) => name.text)
        : [];
    }
    const isExported =
      ts.canHaveModifiers(statement) &&
      ts
        .getModifiers(statement)
        ?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
    if (!isExported) return [];
    if (ts.isVariableStatement(statement)) {
      return statement.declarationList.declarations.flatMap(({ name }) =>
        namesOf(name),
      );
    }
    return ts.isClassDeclaration(statement) ||
      ts.isInterfaceDeclaration(statement)
      ? [statement.name!.text]
      : [];
  });
}
