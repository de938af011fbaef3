/** The member when it has a value, nothing when it has none: for members that may be missing but not undefined. */
export function defined<K extends string, V>(name: K, value: V | undefined): { [name in K]?: V } {
  return value === undefined ? {} : ({ [name]: value } as { [name in K]?: V });
}
