package reports

// The types below are the part of OSCAL's assessment results that this package
// writes. Names and meanings are those of NIST's model; lists are never empty.

type oscalProp struct {
	Name  string `json:"name"`
	NS    string `json:"ns"`
	Value string `json:"value"`
}

// oscalProps makes properties of names and values. Those without value are left
// out.
func oscalProps(pairs ...string) []oscalProp {
	var out []oscalProp
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			out = append(out, oscalProp{pairs[i], oscalNS, oscalLine(pairs[i+1])})
		}
	}
	return out
}

type oscalLink struct {
	Href string `json:"href"`
}

type oscalHash struct {
	Algorithm string `json:"algorithm"`
	Value     string `json:"value"`
}

type oscalRLink struct {
	Href   string      `json:"href"`
	Hashes []oscalHash `json:"hashes,omitempty"`
}

type oscalResource struct {
	UUID        string       `json:"uuid"`
	Title       string       `json:"title"`
	Description string       `json:"description,omitempty"`
	Props       []oscalProp  `json:"props,omitempty"`
	Links       []oscalRLink `json:"rlinks,omitempty"`
}

type oscalControl struct {
	ID string `json:"control-id"`
}

type oscalObjectiveID struct {
	ID string `json:"objective-id"`
}

// oscalSelection is the controls of one framework.
type oscalSelection struct {
	Description string         `json:"description"`
	Props       []oscalProp    `json:"props,omitempty"`
	Controls    []oscalControl `json:"include-controls"`
}

// oscalObjective is what the policies ask for under one control.
type oscalObjective struct {
	Control     string      `json:"control-id"`
	Description string      `json:"description"`
	Props       []oscalProp `json:"props,omitempty"`
	Parts       []oscalPart `json:"parts"`
}

// oscalPart is a policy. It has its ID under the first control that it bears on;
// under others it links to that.
type oscalPart struct {
	ID    string      `json:"id,omitempty"`
	Name  string      `json:"name"`
	Title string      `json:"title"`
	Props []oscalProp `json:"props,omitempty"`
	Prose string      `json:"prose,omitempty"`
	Links []oscalLink `json:"links,omitempty"`
}

type oscalActor struct {
	Type string `json:"type"`
	UUID string `json:"actor-uuid"`
}

type oscalOrigin struct {
	Actors []oscalActor `json:"actors"`
}

type oscalSubject struct {
	UUID  string `json:"subject-uuid"`
	Type  string `json:"type"`
	Title string `json:"title"`
}

type oscalItem struct {
	UUID        string      `json:"uuid"`
	Description string      `json:"description"`
	Props       []oscalProp `json:"props,omitempty"`
}

type oscalEvidence struct {
	Href        string      `json:"href,omitempty"`
	Description string      `json:"description"`
	Props       []oscalProp `json:"props,omitempty"`
	Remarks     string      `json:"remarks,omitempty"`
}

type oscalObservation struct {
	UUID        string          `json:"uuid"`
	Title       string          `json:"title"`
	Description string          `json:"description"`
	Props       []oscalProp     `json:"props,omitempty"`
	Methods     []string        `json:"methods"`
	Types       []string        `json:"types"`
	Origins     []oscalOrigin   `json:"origins"`
	Subjects    []oscalSubject  `json:"subjects,omitempty"`
	Evidence    []oscalEvidence `json:"relevant-evidence,omitempty"`
	Collected   string          `json:"collected"`
}

type oscalObservationRef struct {
	UUID string `json:"observation-uuid"`
}

type oscalRiskRef struct {
	UUID string `json:"risk-uuid"`
}

type oscalFacet struct {
	Name   string `json:"name"`
	System string `json:"system"`
	Value  string `json:"value"`
}

type oscalCharacterization struct {
	Origin oscalOrigin  `json:"origin"`
	Facets []oscalFacet `json:"facets"`
}

// oscalFactor is a mitigating factor: a waiver.
type oscalFactor struct {
	UUID        string `json:"uuid"`
	Description string `json:"description"`
}

// oscalResponse is how a risk can be mended.
type oscalResponse struct {
	UUID        string `json:"uuid"`
	Lifecycle   string `json:"lifecycle"`
	Title       string `json:"title"`
	Description string `json:"description"`
}

type oscalRisk struct {
	UUID              string                  `json:"uuid"`
	Title             string                  `json:"title"`
	Description       string                  `json:"description"`
	Statement         string                  `json:"statement"`
	Props             []oscalProp             `json:"props,omitempty"`
	Status            string                  `json:"status"`
	Characterizations []oscalCharacterization `json:"characterizations,omitempty"`
	Factors           []oscalFactor           `json:"mitigating-factors,omitempty"`
	Deadline          string                  `json:"deadline,omitempty"`
	Remediations      []oscalResponse         `json:"remediations,omitempty"`
	Observations      []oscalObservationRef   `json:"related-observations,omitempty"`
}

type oscalStatus struct {
	State   string `json:"state"`
	Reason  string `json:"reason"`
	Remarks string `json:"remarks,omitempty"`
}

type oscalTarget struct {
	Type   string      `json:"type"`
	ID     string      `json:"target-id"`
	Status oscalStatus `json:"status"`
}

type oscalFinding struct {
	UUID         string                `json:"uuid"`
	Title        string                `json:"title"`
	Description  string                `json:"description"`
	Props        []oscalProp           `json:"props,omitempty"`
	Target       oscalTarget           `json:"target"`
	Observations []oscalObservationRef `json:"related-observations,omitempty"`
	Risks        []oscalRiskRef        `json:"related-risks,omitempty"`
}
