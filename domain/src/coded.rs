//! The macro for coded enums: each variant has one code, a string that is the same in the database, in GraphQL and in
//! imported files.

/// Defines an enum with a code for each variant. The cargo features `sea-orm` and `graphql` derive its column type and
/// its GraphQL enum.
///
/// The doc comments of the variants become the descriptions in the published schema.
macro_rules! coded_enum {
    ($(#[$meta:meta])* pub enum $name:ident { $($(#[$vmeta:meta])* $variant:ident = $code:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "sea-orm", derive(sea_orm::EnumIter, sea_orm::DeriveActiveEnum))]
        #[cfg_attr(feature = "sea-orm", sea_orm(rs_type = "String", db_type = "Text"))]
        #[cfg_attr(feature = "graphql", derive(async_graphql::Enum))]
        pub enum $name {
            $($(#[$vmeta])*
            #[serde(rename = $code)]
            #[cfg_attr(feature = "sea-orm", sea_orm(string_value = $code))]
            #[cfg_attr(feature = "graphql", graphql(name = $code))]
            $variant,)+
        }

        impl $name {
            /// Every value, in the order of their definition.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Returns the code: the word in the database, in GraphQL and in files.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }

            /// Returns the value with this code, or `None` if no value has it.
            #[must_use]
            pub fn from_code(code: &str) -> Option<Self> {
                match code { $($code => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}
