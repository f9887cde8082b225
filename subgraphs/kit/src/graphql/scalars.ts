import { GraphQLError, GraphQLScalarType } from 'graphql';
import {
  BigIntResolver,
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
  throw new GraphQLError('A language tag must be BCP 47, such as "ro" or "pt-BR".', {
    extensions: { code: 'BAD_USER_INPUT' },
  });
}

const LanguageTag = new GraphQLScalarType({
  name: 'LanguageTag',
  serialize: String,
  parseValue: canonicalLanguage,
  parseLiteral: (node) => canonicalLanguage('value' in node ? node.value : undefined),
});

/** Resolvers of the scalars that `kit.graphql` declares. */
export const scalarResolvers = {
  DateTime: DateTimeResolver,
  LocalDateTime: LocalDateTimeResolver,
  Date: renamed(LocalDateResolver, 'Date'),
  TimeZone: TimeZoneResolver,
  Duration: DurationResolver,
  EmailAddress: EmailAddressResolver,
  PhoneNumber: PhoneNumberResolver,
  CountryCode: CountryCodeResolver,
  LanguageTag,
  CurrencyCode: renamed(CurrencyResolver, 'CurrencyCode'),
  URL: URLResolver,
  BigInt: BigIntResolver,
  JSON: JSONResolver,
};
