import { z } from 'zod';

export type FieldKind = 'TEXT' | 'NUMBER' | 'BOOLEAN' | 'TIME';

/** A place in the data of a type, as it can be told to somebody or asked for. */
export interface DataField {
  /** Names with dots between them: `ratings.venue`. */
  readonly path: string;
  readonly kind: FieldKind;
  readonly isList: boolean;
  readonly isNullable: boolean;
  /** All that it can be; null where that is open. */
  readonly values: readonly string[] | null;
}

interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
}

/** Every place that holds a value, in the order of the schema. */
export const dataFieldsOf = (schema: z.ZodObject): DataField[] =>
  fieldsIn(z.toJSONSchema(schema) as JsonSchema, '');

const fieldsIn = ({ properties = {}, required = [] }: JsonSchema, prefix: string): DataField[] =>
  Object.entries(properties).flatMap(([name, schema]) => {
    const path = prefix + name;
    if (schema.properties) return fieldsIn(schema, `${path}.`);
    const known = [schema, ...(schema.anyOf ?? [])];
    const types = known.flatMap(({ type = [] }) => type);
    const isList = types.includes('array');
    const value = known.find(({ type }) => type !== 'null' && type !== undefined)!;
    const isNullable = types.includes('null') || !required.includes(name);
    return [{ path, isList, isNullable, ...kindOf(isList ? value.items! : value) }];
  });

function kindOf({ type = [], format, enum: values }: JsonSchema): Pick<DataField, 'kind' | 'values'> {
  const types = [type].flat();
  if (types.includes('boolean')) return { kind: 'BOOLEAN', values: ['true', 'false'] };
  if (types.includes('number') || types.includes('integer')) return { kind: 'NUMBER', values: null };
  if (format === 'date-time') return { kind: 'TIME', values: null };
  return { kind: 'TEXT', values: values?.map(String) ?? null };
}
