/** A list with one item in the place of the one with its ID, or at the end. */
export function merged<T extends { id: string }>(all: readonly T[], one: T): T[] {
  return all.some((other) => other.id === one.id) ? all.map((other) => (other.id === one.id ? one : other)) : [...all, one];
}
