import type { Reporter, TestCase, TestModule } from 'vitest/node';

// A skipped test is silent: people take a green run for a full one. Names carry what is missing, because they are what
// comes back from the workers that run the tests.

export function leftOutName(name: string, missing: readonly string[]): string {
  return `${name} (needs ${missing.join(', ')})`;
}

export class LeftOutReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const leftOut = modules.flatMap((module) => [...module.children.allTests('skipped')].map(missingFor));
    const needed = [...new Set(leftOut.flat())].sort();
    if (needed.length === 0) return;
    const count = leftOut.filter((missing) => missing.length > 0).length;
    const tests = count === 1 ? '1 test needs' : `${count} tests need`;
    // What is written in capitals is a variable that says where something is.
    const packages = needed.filter((name) => !isVariable(name));
    const variables = needed.filter(isVariable);
    const advice = [
      ...(packages.length > 0 ? [`sudo apt-get install -y ${packages.join(' ')}`] : []),
      ...(variables.length > 0 ? [`set ${variables.join(', ')} (CONTRIBUTING.md)`] : []),
    ];
    process.stdout.write(`\nleft out: ${tests} ${needed.join(', ')} — ${advice.join('; ')}\n`);
  }
}

function isVariable(name: string): boolean {
  return /^[A-Z0-9_]+$/.test(name);
}

function missingFor(test: TestCase): string[] {
  const packages: string[] = [];
  for (let suite = test.parent; suite.type === 'suite'; suite = suite.parent) {
    packages.push(...(/ \(needs ([^)]+)\)$/.exec(suite.name)?.[1]?.split(', ') ?? []));
  }
  return packages;
}
