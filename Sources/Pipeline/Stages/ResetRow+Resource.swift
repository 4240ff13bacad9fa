import CommerceLayer
import Mirror
import Reconciliation

extension ResetRow {
  /// A resource as the mirror keeps it, with the key that the mappings give it.
  init(_ resource: ResetResource, book: RuleBook) {
    self.init(
      id: resource.id,
      key: book.assign(reference: resource.reference, origin: resource.referenceOrigin),
      reference: resource.reference, referenceOrigin: resource.referenceOrigin,
      customerEmail: resource.customerEmail, resetPasswordAt: resource.resetPasswordAt?.text,
      createdAt: resource.createdAt.text, updatedAt: resource.updatedAt.text,
      metadata: String(decoding: resource.metadata, as: UTF8.self), selfLink: resource.selfLink,
      links: resource.hasUsualLinks ? nil : Self.links(resource), mode: resource.mode)
  }

  private static func links(_ resource: ResetResource) -> String? {
    let relations = resource.links.mapValues {
      ResetLinks.Relation(relationship: $0.relationship, related: $0.related)
    }
    return ResetLinks(own: resource.selfLink, relations: relations).compact
  }
}
