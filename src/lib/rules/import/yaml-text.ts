/** A value as one line of YAML. Texts are always in quotes: they are somebody else's. */
export function flowYaml(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flowYaml).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const pairs = Object.entries(value).map(([key, inner]) => `${yamlKey(key)}: ${flowYaml(inner)}`);
    return `{ ${pairs.join(', ')} }`;
  }
  return JSON.stringify(value);
}

function yamlKey(key: string): string {
  return /^[A-Za-z][\w -]*$/.test(key) ? key : JSON.stringify(key);
}
