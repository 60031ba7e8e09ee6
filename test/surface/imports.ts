export interface Import {
  readonly specifier: string;
  readonly typeOnly: boolean;
}

const statement = /^\s*(?:import|export)\s+(type\s+)?(?:[\w$*\s{},]+?\sfrom\s*)?'([^']+)'/gm;
const dynamic = /\b(typeof\s+)?import\(\s*'([^']+)'/g;

/**
 * What a source file imports: statements, re-exports and `import('…')`. TypeScript 7 has no parser to call and the
 * bundlers' ones drop types, so this reads the text; the formatter sees to it that all sources are written alike.
 */
export function importsOf(source: string): Import[] {
  const text = withoutComments(source);
  return [statement, dynamic].flatMap((pattern) =>
    [...text.matchAll(pattern)].map(([, type, specifier]) => ({ specifier: specifier!, typeOnly: type !== undefined })),
  );
}

// Strings are matched only to be kept: what looks like a comment in one is none.
function withoutComments(source: string): string {
  const token = /'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`|\/\/[^\n]*|\/\*[\s\S]*?\*\//g;
  return source.replace(token, (found) => {
    if (found.startsWith('/')) return '';
    // A program in a template is text; no statement of ours begins in one.
    return found.startsWith('`') ? '``' : found;
  });
}
