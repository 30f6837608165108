//! What is wrong with a text, where, and what would do.

use crate::span::Span;

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)*) => {
        /// Which rule speaks. The names are those of the language's reference implementation, so that people find
        /// what its documentation says of them.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code { $($(#[$doc])* $variant),* }

        impl Code {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The name in capitals, such as `BINDING_ERROR`.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }
        }
    };
}

codes! {
    /// A character that has no meaning.
    UnknownSymbol = "UNKNOWN_SYMBOL",
    /// The text ends within something.
    UnexpectedEof = "UNEXPECTED_EOF",
    /// A line ends within a string or a name.
    UnexpectedNewline = "UNEXPECTED_NEWLINE",
    /// Something like a number that is none.
    UnknownToken = "UNKNOWN_TOKEN",
    /// Something else should stand here.
    UnexpectedToken = "UNEXPECTED_TOKEN",
    /// An element stands where a value should.
    UnexpectedElementDeclaration = "UNEXPECTED_ELEMENT_DECLARATION",
    /// Two things stand together without space.
    MissingSpaces = "MISSING_SPACES",
    /// An operator stands before a value and cannot.
    UnknownPrefixOp = "UNKNOWN_PREFIX_OP",
    /// A value should stand here.
    InvalidOperand = "INVALID_OPERAND",
    /// A setting without a name.
    EmptyAttributeName = "EMPTY_ATTRIBUTE_NAME",
    /// `\u` without four digits.
    InvalidEscapeSequence = "INVALID_ESCAPE_SEQUENCE",
    /// Brackets within brackets beyond what is read.
    TooDeep = "TOO_DEEP",
    /// Partials that would multiply beyond what is read.
    TooLarge = "TOO_LARGE",
    /// A name of the wrong form.
    InvalidName = "INVALID_NAME",
    /// A name where none belongs.
    UnexpectedName = "UNEXPECTED_NAME",
    /// No name where one is needed.
    NameNotFound = "NAME_NOT_FOUND",
    /// Two objects of one kind share a name.
    DuplicateName = "DUPLICATE_NAME",
    /// An alias of the wrong form.
    InvalidAlias = "INVALID_ALIAS",
    /// An alias where none belongs.
    UnexpectedAlias = "UNEXPECTED_ALIAS",
    /// Settings where none belong.
    UnexpectedSettings = "UNEXPECTED_SETTINGS",
    /// A setting of the wrong form.
    InvalidSettings = "INVALID_SETTINGS",
    /// A value where a block is needed.
    UnexpectedSimpleBody = "UNEXPECTED_SIMPLE_BODY",
    /// A block where a value is needed.
    UnexpectedComplexBody = "UNEXPECTED_COMPLEX_BODY",
    /// A table within something.
    InvalidTableContext = "INVALID_TABLE_CONTEXT",
    /// A setting of a table or group twice.
    DuplicateTableSetting = "DUPLICATE_TABLE_SETTING",
    /// A setting of a table or group with a wrong value.
    InvalidTableSettingValue = "INVALID_TABLE_SETTING_VALUE",
    /// A group within something.
    InvalidTablegroupContext = "INVALID_TABLEGROUP_CONTEXT",
    /// A line of a group that is no table.
    InvalidTablegroupField = "INVALID_TABLEGROUP_FIELD",
    /// A table without columns.
    EmptyTable = "EMPTY_TABLE",
    /// A column of the wrong form.
    InvalidColumn = "INVALID_COLUMN",
    /// A column whose name is none.
    InvalidColumnName = "INVALID_COLUMN_NAME",
    /// A type of the wrong form.
    InvalidColumnType = "INVALID_COLUMN_TYPE",
    /// Two columns of a table, or values of an enum, share a name.
    DuplicateColumnName = "DUPLICATE_COLUMN_NAME",
    /// A setting of a column twice.
    DuplicateColumnSetting = "DUPLICATE_COLUMN_SETTING",
    /// A setting of a column with a wrong value.
    InvalidColumnSettingValue = "INVALID_COLUMN_SETTING_VALUE",
    /// A value of an enum that is no name.
    InvalidEnumElementName = "INVALID_ENUM_ELEMENT_NAME",
    /// A line of an enum with more than a value.
    InvalidEnumElement = "INVALID_ENUM_ELEMENT",
    /// A setting that values of enums do not have.
    UnknownEnumElementSetting = "UNKNOWN_ENUM_ELEMENT_SETTING",
    /// A setting of a value of an enum twice.
    DuplicateEnumElementSetting = "DUPLICATE_ENUM_ELEMENT_SETTING",
    /// A setting of a value of an enum with a wrong value.
    InvalidEnumElementSetting = "INVALID_ENUM_ELEMENT_SETTING",
    /// An enum without values.
    EmptyEnum = "EMPTY_ENUM",
    /// A reference within something.
    InvalidRefContext = "INVALID_REF_CONTEXT",
    /// A setting that references do not have.
    UnknownRefSetting = "UNKNOWN_REF_SETTING",
    /// A setting of a reference twice.
    DuplicateRefSetting = "DUPLICATE_REF_SETTING",
    /// A setting of a reference with a wrong value.
    InvalidRefSettingValue = "INVALID_REF_SETTING_VALUE",
    /// A reference of the wrong form.
    InvalidRefField = "INVALID_REF_FIELD",
    /// A reference that says nothing.
    EmptyRef = "EMPTY_REF",
    /// A reference that says two things.
    RefRedefined = "REF_REDEFINED",
    /// A dependency within something.
    InvalidDepContext = "INVALID_DEP_CONTEXT",
    /// A dependency of the wrong form.
    InvalidDepField = "INVALID_DEP_FIELD",
    /// A note where none belongs.
    InvalidNoteContext = "INVALID_NOTE_CONTEXT",
    /// A note that is no string.
    InvalidNote = "INVALID_NOTE",
    /// Two notes on one object.
    NoteRedefined = "NOTE_REDEFINED",
    /// Two strings in one note.
    NoteContentRedefined = "NOTE_CONTENT_REDEFINED",
    /// A note without a string.
    EmptyNote = "EMPTY_NOTE",
    /// A setting of a note twice.
    DuplicateNoteSetting = "DUPLICATE_NOTE_SETTING",
    /// A setting of a note with a wrong value.
    InvalidNoteSettingValue = "INVALID_NOTE_SETTING_VALUE",
    /// Indexes outside of a table.
    InvalidIndexesContext = "INVALID_INDEXES_CONTEXT",
    /// An index of the wrong form.
    InvalidIndexesField = "INVALID_INDEXES_FIELD",
    /// A setting that indexes do not have.
    UnknownIndexSetting = "UNKNOWN_INDEX_SETTING",
    /// A setting of an index twice.
    DuplicateIndexSetting = "DUPLICATE_INDEX_SETTING",
    /// A setting of an index with a wrong value.
    InvalidIndexSettingValue = "INVALID_INDEX_SETTING_VALUE",
    /// A project or enum within something.
    InvalidProjectContext = "INVALID_PROJECT_CONTEXT",
    /// Two projects.
    ProjectRedefined = "PROJECT_REDEFINED",
    /// A line of a project that is no setting.
    InvalidProjectField = "INVALID_PROJECT_FIELD",
    /// A kind of element that does not exist.
    InvalidCustomContext = "INVALID_CUSTOM_CONTEXT",
    /// A setting of a project that is no string.
    InvalidCustomElementValue = "INVALID_CUSTOM_ELEMENT_VALUE",
    /// An element where a value is needed.
    InvalidElementInSimpleBody = "INVALID_ELEMENT_IN_SIMPLE_BODY",
    /// A partial within something.
    InvalidTablePartialContext = "INVALID_TABLE_PARTIAL_CONTEXT",
    /// A setting of a partial with a wrong value.
    InvalidTablePartialSettingValue = "INVALID_TABLE_PARTIAL_SETTING_VALUE",
    /// A setting of a partial twice.
    DuplicateTablePartialSetting = "DUPLICATE_TABLE_PARTIAL_SETTING",
    /// A setting that partials do not have.
    UnknownTablePartialSetting = "UNKNOWN_TABLE_PARTIAL_SETTING",
    /// A partial taken over in the wrong form.
    InvalidTablePartialInjection = "INVALID_TABLE_PARTIAL_INJECTION",
    /// A partial taken over twice.
    DuplicateTablePartialInjectionName = "DUPLICATE_TABLE_PARTIAL_INJECTION_NAME",
    /// Checks outside of a table.
    InvalidChecksContext = "INVALID_CHECKS_CONTEXT",
    /// A check that is no expression.
    InvalidChecksField = "INVALID_CHECKS_FIELD",
    /// A setting that checks do not have.
    UnknownCheckSetting = "UNKNOWN_CHECK_SETTING",
    /// A setting of a check twice.
    DuplicateCheckSetting = "DUPLICATE_CHECK_SETTING",
    /// A setting of a check with a wrong value.
    InvalidCheckSettingValue = "INVALID_CHECK_SETTING_VALUE",
    /// Records where none belong.
    InvalidRecordsContext = "INVALID_RECORDS_CONTEXT",
    /// Records of the wrong form.
    InvalidRecordsName = "INVALID_RECORDS_NAME",
    /// A row of the wrong form.
    InvalidRecordsField = "INVALID_RECORDS_FIELD",
    /// A column of records twice.
    DuplicateColumnReferencesInRecords = "DUPLICATE_COLUMN_REFERENCES_IN_RECORDS",
    /// Two blocks of records for one table.
    DuplicateRecordsForTable = "DUPLICATE_RECORDS_FOR_TABLE",
    /// A setting that records do not have.
    UnknownRecordsSetting = "UNKNOWN_RECORDS_SETTING",
    /// A setting of records twice.
    DuplicateRecordsSetting = "DUPLICATE_RECORDS_SETTING",
    /// A setting of records with a wrong value.
    InvalidRecordsSettingValue = "INVALID_RECORDS_SETTING_VALUE",
    /// An import of an unknown kind.
    InvalidUseSpecifierKind = "INVALID_USE_SPECIFIER_KIND",
    /// An import of the wrong form.
    InvalidUseSpecifierName = "INVALID_USE_SPECIFIER_NAME",
    /// A view within something.
    InvalidDiagramviewContext = "INVALID_DIAGRAMVIEW_CONTEXT",
    /// A line of a view of the wrong form.
    InvalidDiagramviewField = "INVALID_DIAGRAMVIEW_FIELD",
    /// An object twice in a view.
    DuplicateDiagramviewField = "DUPLICATE_DIAGRAMVIEW_FIELD",
    /// A name that nothing has.
    BindingError = "BINDING_ERROR",
    /// An import from a file that cannot be read.
    NonexistentModule = "NONEXISTENT_MODULE",
    /// Something that cannot be said.
    Unsupported = "UNSUPPORTED",
    /// Two references between the same columns.
    CircularRef = "CIRCULAR_REF",
    /// Two ends that are the same.
    SameEndpoint = "SAME_ENDPOINT",
    /// A column that depends on itself.
    DepSelfLoop = "DEP_SELF_LOOP",
    /// A block of dependencies of more than one table.
    DepMixedDownstreamTables = "DEP_MIXED_DOWNSTREAM_TABLES",
    /// Dependencies of tables and of columns in one.
    DepMixedLevel = "DEP_MIXED_LEVEL",
    /// Ends of a reference with different numbers of columns.
    UnequalFieldsBinaryRef = "UNEQUAL_FIELDS_BINARY_REF",
    /// Two settings that contradict each other.
    ConflictingSetting = "CONFLICTING_SETTING",
    /// A table in two groups, or twice in one.
    TableReappearInTablegroup = "TABLE_REAPPEAR_IN_TABLEGROUP",
    /// Metadata of a kind of object that has none.
    InvalidMetadataTargetKind = "INVALID_METADATA_TARGET_KIND",
    /// A line of metadata of the wrong form.
    InvalidMetadataField = "INVALID_METADATA_FIELD",
    /// A key twice in one block of metadata.
    DuplicateMetadataField = "DUPLICATE_METADATA_FIELD",
}

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The text does not say what it should.
    Error,
    /// The text is read, and something in it has no effect.
    Warning,
}

/// A finding about a place in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// The rule.
    pub code: Code,
    /// How much it matters.
    pub severity: Severity,
    /// What it is about.
    pub span: Span,
    /// The finding and the way out, naming the object.
    pub message: String,
}

impl Diagnostic {
    /// An error.
    pub(crate) fn new(code: Code, span: Span, message: impl Into<String>) -> Self {
        Self { code, severity: Severity::Error, span, message: message.into() }
    }

    /// A warning.
    pub(crate) fn warning(code: Code, span: Span, message: impl Into<String>) -> Self {
        Self { code, severity: Severity::Warning, span, message: message.into() }
    }
}
