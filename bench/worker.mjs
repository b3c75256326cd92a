/** One contestant in one measure, in a process of its own; `workers.mjs` starts it and lets it go on. */
const [, , measure, peer, options] = process.argv;
let unhandled = 0;
process.on('unhandledRejection', () => {
  unhandled += 1;
});

/** Waits for this contestant's turn. */
function gate() {
  return new Promise((resolve) => {
    process.once('message', resolve);
    process.send({ type: 'wait' });
  });
}

try {
  const { work, leaves } = await import(`./measures/${measure}.mjs`);
  const value = await work({
    peer: await import(`./peers/${peer}.mjs`),
    options: JSON.parse(options),
    gate,
  });
  const leave = leaves ? () => process.disconnect() : () => process.exit();
  process.send({ type: 'done', value, unhandled }, leave);
} catch (error) {
  const text = error?.stack ?? String(error);
  process.send({ type: 'failed', text }, () => process.exit(1));
}
