import { GraphQLError, GraphQLScalarType, Kind, type ValueNode } from 'graphql';
import {
  CountryCodeResolver,
  CurrencyResolver,
  DateTimeResolver,
  DurationResolver,
  EmailAddressResolver,
  JSONResolver,
  LocalDateResolver,
  LocalDateTimeResolver,
  PhoneNumberResolver,
  TimeZoneResolver,
  URLResolver,
} from 'graphql-scalars';

const renamed = (scalar: GraphQLScalarType, name: string) =>
  new GraphQLScalarType({ ...scalar.toConfig(), name });

function canonicalLanguage(value: unknown): string {
  try {
    const [tag] = Intl.getCanonicalLocales(String(value));
    if (tag && tag.length <= 35) return tag;
  } catch {
    // falls through to the one error below
  }
  throw badInput('A language tag must be BCP 47, such as "ro" or "pt-BR".');
}

const LanguageTag = new GraphQLScalarType({
  name: 'LanguageTag',
  serialize: String,
  parseValue: canonicalLanguage,
  parseLiteral: (node) => canonicalLanguage('value' in node ? node.value : undefined),
});

const badInput = (message: string) => new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } });

/** The library's scalar, with a second look at what it lets through. */
function stricter(scalar: GraphQLScalarType, check: (value: string) => string): GraphQLScalarType {
  const config = scalar.toConfig();
  return new GraphQLScalarType({
    ...config,
    parseValue: (value) => check(String(config.parseValue(value))),
    parseLiteral: (node, variables) => check(String(config.parseLiteral(node, variables))),
  });
}

const CountryCode = stricter(CountryCodeResolver, (value) => value.toUpperCase());

/** No offset, no 30 February: what is read must print as it was written. */
const LocalDateTime = stricter(LocalDateTimeResolver, (value) => {
  const [, day, time = ''] = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?)$/.exec(value) ?? [];
  const instant = new Date(`${day ?? ''}T${time}Z`);
  if (Number.isNaN(instant.getTime()) || instant.toISOString().slice(0, 10) !== day) {
    throw badInput('A local time has no zone and lies on a real day: 2026-03-01T19:00:00.');
  }
  inWrittenYears(instant);
  return value;
});

/** Years 1 to 9999: beyond them Date and PostgreSQL write instants differently. */
function inWrittenYears(instant: Date): Date {
  const year = instant.getUTCFullYear();
  if (year < 1 || year > 9_999) throw badInput('A time lies in the years 1 to 9999.');
  return instant;
}

const dateTime = DateTimeResolver.toConfig();
const DateTime = new GraphQLScalarType({
  ...dateTime,
  parseValue: (value) => inWrittenYears(dateTime.parseValue(value)),
  parseLiteral: (node, variables) => inWrittenYears(dateTime.parseLiteral(node, variables)),
});

const CalendarDate = stricter(renamed(LocalDateResolver, 'Date'), (value) => {
  inWrittenYears(new Date(value));
  return value;
});

function wholeNumber(value: unknown): bigint {
  const isExact = typeof value === 'bigint' || Number.isSafeInteger(value);
  if (isExact || (typeof value === 'string' && /^-?\d{1,40}$/.test(value))) return BigInt(value as bigint);
  throw badInput('A whole number is written in digits; as a string when it is beyond 2^53.');
}

const wholeLiteral = (node: ValueNode) =>
  wholeNumber(node.kind === Kind.INT || node.kind === Kind.STRING ? node.value : undefined);

/** Always a bigint inside. In JSON a number while that is exact, and a string of digits beyond. */
const WholeNumber = new GraphQLScalarType<bigint, number | string>({
  name: 'BigInt',
  parseValue: wholeNumber,
  parseLiteral: wholeLiteral,
  serialize: (value) => {
    const whole = wholeNumber(value);
    return Number.isSafeInteger(Number(whole)) ? Number(whole) : String(whole);
  },
});

/** Resolvers of the scalars that `kit.graphql` declares. */
export const scalarResolvers = {
  DateTime,
  LocalDateTime,
  Date: CalendarDate,
  TimeZone: TimeZoneResolver,
  Duration: DurationResolver,
  EmailAddress: EmailAddressResolver,
  PhoneNumber: PhoneNumberResolver,
  CountryCode,
  LanguageTag,
  CurrencyCode: renamed(CurrencyResolver, 'CurrencyCode'),
  URL: URLResolver,
  BigInt: WholeNumber,
  JSON: JSONResolver,
};
