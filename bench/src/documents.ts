/** What the journeys ask, as an application would ask it. */

export const discovery = /* GraphQL */ `
  query Discovery {
    events(first: 20) {
      nodes {
        id
        title
        type
        startsAt {
          local
          zone
        }
        place {
          city
        }
        registeredCount
        freePlaces
        organizer {
          displayName
          offices {
            role
            countryCode
          }
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`;

export const eventPage = /* GraphQL */ `
  query EventPage($id: ID!) {
    event(id: $id) {
      title
      description
      startsAt {
        local
        zone
      }
      endsAt {
        local
      }
      place {
        venue
        city
      }
      registeredCount
      organizer {
        displayName
        headline
      }
      viewerRegistration {
        status
      }
      viewerEligibility {
        isAllowed
        reasonCode
      }
      posts(first: 10) {
        nodes {
          text
          publishedAt
          reactionCount
          commentCount
          viewerHasLiked
          author {
            displayName
            city
          }
          media {
            contentType
            url
          }
          comments(first: 5) {
            nodes {
              text
              createdAt
              author {
                displayName
              }
            }
          }
        }
      }
    }
  }
`;

export const feed = /* GraphQL */ `
  query Feed {
    feed(first: 20) {
      nodes {
        id
        text
        language
        publishedAt
        hashtags
        reactionCount
        commentCount
        viewerHasLiked
        author {
          displayName
          city
        }
        media {
          contentType
          url
        }
        event {
          title
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`;

export const search = /* GraphQL */ `
  query Search($text: String!) {
    search(query: $text, types: [EVENT, PERSON, POST], first: 50, facets: [TYPE, CITY]) {
      totalCount
      facets {
        facet
        buckets {
          value
          count
        }
      }
      nodes {
        __typename
        ... on Event {
          title
          startsAt {
            local
          }
          organizer {
            displayName
          }
        }
        ... on User {
          displayName
          headline
          city
        }
        ... on Post {
          text
          publishedAt
          author {
            displayName
          }
        }
      }
    }
  }
`;

export const home = /* GraphQL */ `
  query Home($text: String!) {
    me {
      displayName
      city
      offices {
        role
      }
    }
    viewerSubscription {
      status
      plan {
        code
        name
      }
    }
    unreadNotificationCount
    notifications(first: 5) {
      nodes {
        type
        createdAt
        actor {
          displayName
        }
      }
    }
    conversations(first: 5) {
      nodes {
        unreadCount
        lastMessageAt
        participants {
          displayName
        }
      }
    }
    events(first: 5) {
      nodes {
        title
        startsAt {
          local
        }
        organizer {
          displayName
        }
      }
    }
    feed(first: 5) {
      nodes {
        text
        author {
          displayName
        }
        event {
          title
        }
        viewerHasLiked
        commentCount
      }
    }
    search(query: $text, types: [EVENT], first: 3) {
      nodes {
        ... on Event {
          title
          place {
            city
          }
        }
      }
    }
  }
`;

const refused = 'userErrors { code message }';
export const changes = {
  comment: `mutation Comment($input: AddCommentInput!) { addComment(input: $input) {
    comment { id text author { displayName } } ${refused} } }`,
  like: `mutation Like($input: LikePostInput!) { likePost(input: $input) {
    post { reactionCount viewerHasLiked } ${refused} } }`,
  unlike: `mutation Unlike($input: UnlikePostInput!) { unlikePost(input: $input) {
    post { reactionCount viewerHasLiked } ${refused} } }`,
  register: `mutation Register($input: RegisterForEventInput!) { registerForEvent(input: $input) {
    registration { status } event { title registeredCount } ${refused} } }`,
  cancel: `mutation Cancel($input: CancelRegistrationInput!) { cancelRegistration(input: $input) {
    registration { status } ${refused} } }`,
};

export const customers = /* GraphQL */ `
  query Customers($organizationId: ID!, $search: String) {
    customers(organizationId: $organizationId, search: $search, first: 50) {
      nodes {
        id
        name
        email
        status
        tags
        address {
          city
        }
        owner {
          displayName
        }
        department {
          name
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`;
