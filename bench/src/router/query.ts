/**
 * Two roots in two subgraphs, six hops deep: ApolloGateway answers it with sixteen fetches. `viewer` comes first, so
 * that every answer begins with the name of whom it was made for.
 */
export const query = `
query Storefront {
  viewer
  users(first: 5) {
    ...Person
    reviews {
      ...Opinion
      product {
        ...Item
        reviews {
          ...Opinion
          author { ...Person reviews { ...Opinion product { ...Item } } }
        }
      }
    }
  }
  topProducts(first: 5) {
    ...Item
    reviews {
      ...Opinion
      author { ...Person reviews { ...Opinion product { ...Item } } }
    }
  }
}
fragment Person on User { id username name karma }
fragment Opinion on Review { id body rating likes }
fragment Item on Product { upc name price weight stock shippingEstimate }
`;
