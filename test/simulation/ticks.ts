/** Resolves once so many other promises had their turn. */
export async function ticks(count: number): Promise<void> {
  for (let tick = 0; tick < count; tick++) await undefined;
}
