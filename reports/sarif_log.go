package reports

// The types below are the part of SARIF 2.1.0 that this package writes. Names
// and meanings are those of the standard; what code scanning services refuse is
// noted where it matters.

type sarifTool struct {
	Driver sarifDriver `json:"driver"`
}

type sarifDriver struct {
	Name            string              `json:"name"`
	FullName        string              `json:"fullName"`
	SemanticVersion string              `json:"semanticVersion"`
	InformationURI  string              `json:"informationUri"`
	Rules           []sarifRule         `json:"rules"` // never null
	Notifications   []sarifRule         `json:"notifications"`
	Taxonomies      []sarifComponentRef `json:"supportedTaxonomies,omitempty"`
}

// sarifRule is a reportingDescriptor.
type sarifRule struct {
	ID                   string        `json:"id"`
	Name                 string        `json:"name"`
	ShortDescription     sarifMessage  `json:"shortDescription"`
	FullDescription      sarifMessage  `json:"fullDescription"`
	Help                 *sarifMessage `json:"help,omitempty"`
	HelpURI              string        `json:"helpUri,omitempty"`
	DefaultConfiguration *sarifConfig  `json:"defaultConfiguration,omitempty"`
	// Relationships are the controls of the rule.
	Relationships []sarifRelationship `json:"relationships,omitempty"`
	Properties    *sarifRuleFacts     `json:"properties,omitempty"`
}

type sarifConfig struct {
	Level string `json:"level"`
}

type sarifRuleFacts struct {
	Tags             []string `json:"tags"` // at most ten are shown
	Precision        string   `json:"precision"`
	SecuritySeverity string   `json:"security-severity"`
	ProblemSeverity  string   `json:"problem.severity"`
}

type sarifMessage struct {
	Text     string `json:"text"`
	Markdown string `json:"markdown,omitempty"`
}

// sarifAutomation is runAutomationDetails.
type sarifAutomation struct {
	ID         string            `json:"id"`
	Properties map[string]string `json:"properties,omitempty"`
}

// sarifTaxonomy is a toolComponent of controls instead of rules.
type sarifTaxonomy struct {
	Name             string       `json:"name"`
	GUID             string       `json:"guid"`
	ShortDescription sarifMessage `json:"shortDescription"`
	// IsComprehensive is false: a taxonomy has the controls that rules name.
	IsComprehensive bool         `json:"isComprehensive"`
	Taxa            []sarifTaxon `json:"taxa"`
}

type sarifTaxon struct {
	ID string `json:"id"`
}

// sarifComponentRef is a toolComponentReference.
type sarifComponentRef struct {
	Name  string `json:"name"`
	Index int    `json:"index"`
	GUID  string `json:"guid"`
}

// sarifRelationship is a reportingDescriptorRelationship.
type sarifRelationship struct {
	Target      sarifTaxonRef `json:"target"`
	Kinds       []string      `json:"kinds"`
	Description sarifMessage  `json:"description"`
}

type sarifTaxonRef struct {
	ID            string            `json:"id"`
	Index         int               `json:"index"`
	ToolComponent sarifComponentRef `json:"toolComponent"`
}

type sarifInvocation struct {
	ExecutionSuccessful        bool                `json:"executionSuccessful"`
	ToolExecutionNotifications []sarifNotification `json:"toolExecutionNotifications,omitempty"`
}

type sarifNotification struct {
	Descriptor sarifDescriptorRef `json:"descriptor"`
	Level      string             `json:"level"`
	Message    sarifMessage       `json:"message"`
	Locations  []sarifLocation    `json:"locations"`
}

type sarifDescriptorRef struct {
	ID    string `json:"id"`
	Index int    `json:"index"`
}

type sarifArtifact struct {
	Location    sarifArtifactLocation `json:"location"`
	Description *sarifMessage         `json:"description,omitempty"`
	Roles       []string              `json:"roles,omitempty"`
	Hashes      map[string]string     `json:"hashes,omitempty"`
}

type sarifArtifactLocation struct {
	URI   string `json:"uri"`
	Index *int   `json:"index,omitempty"`
}

type sarifResult struct {
	RuleID              string            `json:"ruleId"`
	RuleIndex           int               `json:"ruleIndex"`
	Kind                string            `json:"kind"`
	Level               string            `json:"level"` // none for every kind but fail
	Message             sarifMessage      `json:"message"`
	Locations           []sarifLocation   `json:"locations"` // at least one; services look at the first
	RelatedLocations    []sarifLocation   `json:"relatedLocations,omitempty"`
	CodeFlows           []sarifCodeFlow   `json:"codeFlows,omitempty"`
	PartialFingerprints map[string]string `json:"partialFingerprints"`
	// OccurrenceCount is how many findings the result stands for, where not one.
	OccurrenceCount int `json:"occurrenceCount,omitempty"`
	// BaselineState compares it with an earlier report, where there is one.
	BaselineState string             `json:"baselineState,omitempty"`
	Suppressions  []sarifSuppression `json:"suppressions,omitempty"`
	Properties    map[string]any     `json:"properties,omitempty"`
}

// sarifSuppression is why a result does not count (SARIF 3.35).
type sarifSuppression struct {
	Kind          string `json:"kind"`
	Status        string `json:"status"`
	Justification string `json:"justification"`
	// Location is the waiver's.
	Location *sarifLocation `json:"location,omitempty"`
}

type sarifLocation struct {
	ID               *int           `json:"id,omitempty"`
	PhysicalLocation sarifPhysical  `json:"physicalLocation"`
	LogicalLocations []sarifLogical `json:"logicalLocations,omitempty"`
	Message          *sarifMessage  `json:"message,omitempty"`
}

type sarifPhysical struct {
	ArtifactLocation sarifArtifactLocation `json:"artifactLocation"`
	Region           sarifRegion           `json:"region"`
}

type sarifRegion struct {
	StartLine int           `json:"startLine"`
	EndLine   int           `json:"endLine,omitempty"`
	Snippet   *sarifMessage `json:"snippet,omitempty"`
}

type sarifLogical struct {
	Name               string `json:"name"`
	FullyQualifiedName string `json:"fullyQualifiedName"`
	Kind               string `json:"kind"`
}

type sarifCodeFlow struct {
	Message     sarifMessage      `json:"message"`
	ThreadFlows []sarifThreadFlow `json:"threadFlows"`
}

type sarifThreadFlow struct {
	ID        string           `json:"id"`
	Message   sarifMessage     `json:"message"`
	Locations []sarifFlowPoint `json:"locations"` // at least one
}

type sarifFlowPoint struct {
	Location       sarifLocation `json:"location"`
	ExecutionOrder int           `json:"executionOrder"`
	Importance     string        `json:"importance"`
}
