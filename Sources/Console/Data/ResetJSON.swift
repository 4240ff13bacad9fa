internal import Formats
internal import Reconciliation

extension RemoteReset {
  /// The reset for people: every row of the resource that is no secret.
  var json: JSONValue {
    .object(
      JSONObject([
        ("id", .string(id)), ("type", "customer_password_resets"),
        ("links", ["self": ConflictView.text(links.own)]),
        ("customer_email", ConflictView.text(customerEmail)),
        ("reset_password_at", ConflictView.text(resetPasswordAt)),
        ("created_at", ConflictView.text(createdAt)),
        ("updated_at", ConflictView.text(updatedAt)),
        ("reference", ConflictView.text(reference)),
        ("reference_origin", ConflictView.text(referenceOrigin)),
        ("metadata", .object(metadata)), ("relationships", .object(relationships)),
        ("meta", ["mode": ConflictView.text(mode)]), ("deleted", .bool(isDeleted)),
      ]))
  }

  private var relationships: JSONObject {
    JSONObject(
      ResetLinks.names.compactMap { name in
        links.relations[name].map { relation in
          (
            name,
            [
              "self": ConflictView.text(relation.relationship),
              "related": ConflictView.text(relation.related),
            ]
          )
        }
      })
  }
}
