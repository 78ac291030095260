package lib.unread_test

import data.lib.fixtures_test as fixtures
import data.lib.unread

networks := {
	"id": "azure/s/virtualNetworks.json",
	"type": "virtualnetworks",
	"why": "the list of virtualnetworks of subscription s is denied",
	"evidence": [fixtures.ref("azure/s/virtualNetworks.json", 0)],
}

test_only_resources_of_the_types_count if {
	unread.of([networks], ["virtualnetworks"]) == [networks]
	unread.of([networks], ["connections"]) == []
}

test_the_message_says_what_may_be_missing if {
	unread.message(networks, "peerings") == concat("", [
		"there may be peerings that are not known: ",
		"the list of virtualnetworks of subscription s is denied",
	])
}
