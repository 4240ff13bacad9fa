// CommerceLayer
