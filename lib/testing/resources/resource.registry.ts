import type { ResourceRecord } from './resource.types.js';

/** Everything that was created, in its order. @internal */
export class ResourceRegistry {
  readonly #byId = new Map<string, ResourceRecord>();
  readonly #byKey = new Map<string, ResourceRecord[]>();

  add(record: ResourceRecord): void {
    const { resource, request } = record;
    this.#byId.set(request.id, record);
    const key = resource.keyOf?.(request.body);
    if (key !== undefined) {
      const { clientId } = request.application;
      const shelf = shelfOf(clientId, resource.path, key);
      const alike = this.#byKey.get(shelf) ?? [];
      alike.push(record);
      this.#byKey.set(shelf, alike);
    }
  }

  find(id: string): ResourceRecord | undefined {
    return this.#byId.get(id);
  }

  /** What one application created at one path with the same key. */
  alike(
    clientId: string,
    path: string,
    key: string,
  ): readonly ResourceRecord[] {
    return this.#byKey.get(shelfOf(clientId, path, key)) ?? [];
  }

  clear(): void {
    this.#byId.clear();
    this.#byKey.clear();
  }
}

function shelfOf(...parts: string[]): string {
  return JSON.stringify(parts);
}
