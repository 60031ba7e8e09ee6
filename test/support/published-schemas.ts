import Draft4 from 'ajv-draft-04';
import Draft2020 from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

type Check = (document: unknown) => readonly string[];

interface Schema {
  readonly $id: string;
}

// The packages are CommonJS, and what is imported of them is what they export or holds it, as tools see it.
type Ajv = InstanceType<typeof Draft2020.default>;

/** Checks bundles with the schemas that OASIS publishes: each object with that of its type. */
export function stixCheck(folder: string): Check {
  const ajv = new Draft2020.default({ strict: false, allErrors: true, unicodeRegExp: false });
  formats.default(ajv);
  const schemas = globSync('**/*.json', { cwd: folder }).map(
    (path) => JSON.parse(readFileSync(join(folder, path), 'utf8')) as Schema,
  );
  for (const schema of schemas) ajv.addSchema(schema);
  const schemaFor = (type: string) => schemas.find(({ $id }) => $id.endsWith(`/${type}.json`))?.$id;
  return (document) => {
    const { objects } = document as { objects: readonly { readonly type: string; readonly id: string }[] };
    return [
      ...errorsOf(ajv, schemaFor('bundle')!, document),
      ...objects.flatMap((object) => {
        const schema = schemaFor(object.type);
        return schema === undefined ? [`no schema for ${object.type}`] : errorsOf(ajv, schema, object);
      }),
    ];
  };
}

/** Checks events with the schema that MISP publishes. */
export function mispCheck(file: string): Check {
  const ajv = new Draft4.default({ strict: false, allErrors: true, unicodeRegExp: false });
  formats.default(ajv);
  const schema = JSON.parse(readFileSync(file, 'utf8')) as object;
  const validate = ajv.compile(schema);
  return (document) => {
    validate(document);
    return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
  };
}

function errorsOf(ajv: Ajv, schema: string, document: unknown): readonly string[] {
  const validate = ajv.getSchema(schema)!;
  void validate(document);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${schema} ${instancePath} ${message}`);
}
