/** Only what somebody wrote, so that it can be laid over what holds otherwise. */
export function given<Parts extends object>(parts: Parts): { [Key in keyof Parts]?: Exclude<Parts[Key], undefined> } {
  const present = Object.entries(parts).filter(([, value]) => value !== undefined);
  return Object.fromEntries(present) as { [Key in keyof Parts]?: Exclude<Parts[Key], undefined> };
}
