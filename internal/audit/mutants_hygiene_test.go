package audit_test

// hygieneMutants are mistakes in second paths, assurance, evidence and BGP.
func hygieneMutants() []mutant {
	return nil
}
