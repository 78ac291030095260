package audit_test

// gatewaySubnetMutants are mistakes in the GatewaySubnet and limits.
func gatewaySubnetMutants() []mutant {
	return nil
}
