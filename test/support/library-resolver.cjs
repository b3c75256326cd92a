// Gives the specs the libraries that `npm run build:fixtures` has put together; elsewhere, what is installed.
// A suite that imports Nest, rxjs and class-validator file by file takes a third of a second more.
const { existsSync } = require('node:fs');
const { join } = require('node:path');

const FOLDER = join(__dirname, '..', '..', 'dist', 'fixtures', 'libraries');

const bundles = new Map();

function bundleOf(name) {
  if (!bundles.has(name)) {
    const file = join(FOLDER, `${name}.mjs`);
    bundles.set(name, existsSync(file) ? file : undefined);
  }
  return bundles.get(name);
}

module.exports = (name, options) => {
  const isPackage = /^[@a-z]/.test(name);
  const isImported = options.conditions?.includes('import');
  const bundle = isPackage && isImported ? bundleOf(name) : undefined;
  return bundle ?? options.defaultResolver(name, options);
};
