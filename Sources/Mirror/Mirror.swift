// Mirror
