package audit_test

// symmetryMutants are mistakes in firewalls and peerings.
func symmetryMutants() []mutant {
	return nil
}
