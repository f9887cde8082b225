import { Prisma } from '../database.js';

/** Somebody the viewer may know, and why. */
export interface Suggestion {
  readonly accountId: string;
  readonly mutualFriends: number;
  readonly isOfSameOrigin: boolean;
  readonly isInSameCity: boolean;
  readonly sharedDomains: string[];
}

/** How many candidates of each kind are looked at: enough to choose from, whatever the size of a city. */
const candidates = 500;

/** A part of a profile that is for everybody: what is not must not show by a suggestion either. */
const isPublic = (field: 'CITY' | 'DOMAINS') =>
  Prisma.sql`coalesce(p.field_audiences ->> ${field}, 'EVERYONE') = 'EVERYONE'`;

/** Friends of whoever shows them to nobody do not show by a suggestion: neither who is between nor who is suggested. */
const showsFriends = Prisma.sql`p.field_audiences ->> 'FRIENDS' IS DISTINCT FROM 'NOBODY'`;

/**
 * Candidates come by three indexes; those who are connected with the viewer already, blocked or muted, were asked or asked
 * (declined or not), or do not want to be found by everybody fall out; the rest is ranked by what the two have in common.
 */
export const suggestionsStatement = (viewerId: string, count: number, now: Date): Prisma.Sql => Prisma.sql`
  WITH me AS (SELECT * FROM profiles WHERE account_id = ${viewerId}::uuid),
  mutual AS (
    SELECT id, friends FROM (
      SELECT theirs.other_id AS id, count(*)::int AS friends
      FROM ties mine JOIN profiles p ON p.account_id = mine.other_id AND ${showsFriends}
      JOIN ties theirs ON theirs.person_id = mine.other_id AND theirs.friends_since IS NOT NULL
      WHERE mine.person_id = ${viewerId}::uuid AND mine.friends_since IS NOT NULL
      GROUP BY theirs.other_id ORDER BY friends DESC LIMIT ${candidates}
    ) AS of_friends JOIN profiles p ON p.account_id = id AND ${showsFriends}
  ),
  candidate AS (
    SELECT id FROM mutual
    UNION
    (SELECT p.account_id FROM me JOIN profiles p ON p.country_of_residence = me.country_of_residence
       AND lower(p.city) = lower(me.city)
     WHERE p.findable_by = 'EVERYONE' AND ${isPublic('CITY')} ORDER BY p.account_id DESC LIMIT ${candidates})
    UNION
    (SELECT p.account_id FROM me JOIN profiles p ON p.country_of_residence = me.country_of_residence
       AND p.country_of_origin = me.country_of_origin
     WHERE p.findable_by = 'EVERYONE' ORDER BY p.account_id DESC LIMIT ${candidates})
  ),
  known AS (
    SELECT p.account_id AS "accountId", coalesce(mutual.friends, 0) AS "mutualFriends",
      p.country_of_origin = me.country_of_origin AND p.country_of_residence = me.country_of_residence
        AS "isOfSameOrigin",
      coalesce(p.country_of_residence = me.country_of_residence AND lower(p.city) = lower(me.city)
        AND ${isPublic('CITY')}, FALSE) AS "isInSameCity",
      CASE WHEN ${isPublic('DOMAINS')}
        THEN ARRAY(SELECT unnest(p.domains) INTERSECT SELECT unnest(me.domains) ORDER BY 1)
        ELSE '{}' END AS "sharedDomains"
    FROM candidate
    CROSS JOIN me
    JOIN profiles p ON p.account_id = candidate.id AND p.findable_by = 'EVERYONE'
    JOIN accounts a ON a.id = p.account_id AND a.email_verified_at IS NOT NULL AND a.suspended_at IS NULL
    LEFT JOIN mutual ON mutual.id = candidate.id
    WHERE candidate.id <> ${viewerId}::uuid AND NOT EXISTS (
      SELECT FROM ties t
      WHERE ((t.person_id = ${viewerId}::uuid AND t.other_id = candidate.id)
          OR (t.person_id = candidate.id AND t.other_id = ${viewerId}::uuid))
        AND (t.friends_since IS NOT NULL OR t.blocked_since IS NOT NULL OR t.request_expires_at > ${now}
          OR t.declined_until > ${now}
          OR (t.person_id = ${viewerId}::uuid AND (t.muted_since IS NOT NULL OR t.following_since IS NOT NULL))))
  )
  SELECT * FROM known
  ORDER BY 3 * "mutualFriends" + 2 * "isInSameCity"::int + 2 * "isOfSameOrigin"::int
    + cardinality("sharedDomains") DESC, "accountId" DESC
  LIMIT ${count}`;
