import Bytes
import Drawing
import JSON
import SentenceVectors
import Similarity

/// What an evaluation found, as a table, as JSON and as a chart.
struct EvaluationReport {
  private let evaluation: Evaluation
  private let files: [PairFile]
  private let model: String

  init(_ evaluation: Evaluation, files: [PairFile], model: String) {
    self.evaluation = evaluation
    self.files = files
    self.model = model
  }

  /// The tasks in their order.
  private var tasks: [String] { unique(evaluation.rows.map(\.task)) }
  /// The poolings and whitenings in their order.
  private var ways: [Evaluation.Way] { unique(evaluation.rows.map(\.way)) }

  private func unique<Value: Hashable>(_ values: [Value]) -> [Value] {
    var seen: Set<Value> = []
    return values.filter { seen.insert($0).inserted }
  }

  /// What was passed over and what was dropped, as sentences.
  var remarks: [String] {
    let skipped = files.compactMap { file -> String? in
      guard let first = file.skipped.first else { return nil }
      let lines = file.skipped.prefix(5).map { "\($0.line)" }.joined(separator: ", ")
      return "\(file.path): \(Wording.count(file.skipped.count, "line")) passed over, which "
        + "\(file.skipped.count == 1 ? "has" : "have") not three fields (line "
        + "\(lines)\(file.skipped.count > 5 ? " …" : ""); line \(first.line) has \(first.fields))"
    }
    let dropped = evaluation.whitenings.compactMap { computed -> String? in
      let fit = computed.fit
      guard computed.way.whitening == .full, fit.rank < fit.eigenvalues.count else { return nil }
      let count = fit.eigenvalues.count - fit.rank
      return
        "\(computed.task), \(computed.way.pooling.rawValue): \(count) of \(fit.eigenvalues.count) components dropped, "
        + "whose \(count == 1 ? "eigenvalue is" : "eigenvalues are") rounding (\(Wording.number(fit.eigenvalues[fit.rank])), "
        + "below \(Wording.number(fit.floor)))"
    }
    return skipped + dropped
  }
}

extension EvaluationReport {
  /// A table for each task; where there are several, one of all of them as in the post: a / b / c for the whitenings of each pooling.
  var lines: [String] {
    var lines: [String] = []
    for task in tasks {
      if !lines.isEmpty { lines.append("") }
      lines += table(of: task)
    }
    if tasks.count > 1 {
      lines += ["", "weighted averages, \(unique(ways.map(\.whitening)).map(\.description).joined(separator: " / "))"]
      lines += summary
    }
    return lines
  }

  private func table(of task: String) -> [String] {
    let rows = evaluation.rows.filter { $0.task == task }
    let paths = unique(rows.map(\.path))
    let showsAverages = paths.count > 1
    let accuracies = rows.contains { $0.accuracy != nil }
    var table = TextTable(
      [.left, .left, .right] + paths.map { _ in .right } + (showsAverages ? [.right, .right] : []))
    table.add(
      ["Spearman", "whitening", "width"] + paths.map { Path($0).name } + (showsAverages ? ["average", "weighted"] : []))
    let pairs = paths.map { path in "\(rows.first { $0.path == path }!.pairs)" }
    table.add(["pairs", "", ""] + pairs + (showsAverages ? ["", ""] : []))
    for average in evaluation.averages where average.task == task {
      let own = rows.filter { $0.way == average.way }
      let name = average.way.pooling.rawValue
      let whitening = average.way.whitening.description
      table.add(
        [name, whitening, "\(own[0].components)"] + own.map { EvaluationReport.hundredfold($0.correlation.spearman) }
          + (showsAverages ? [average.plain, average.weighted].map(EvaluationReport.hundredfold) : []))
    }
    for (title, value) in measures(accuracies) {
      table.add([title, "", ""] + paths.map { _ in "" } + (showsAverages ? ["", ""] : []))
      for way in ways {
        let own = rows.filter { $0.way == way }
        table.add(
          [way.pooling.rawValue, way.whitening.description, "\(own[0].components)"] + own.map(value)
            + (showsAverages ? ["", ""] : []))
      }
    }
    return [task] + table.lines()
  }

  private func measures(_ accuracies: Bool) -> [(String, (Evaluation.Row) -> String)] {
    var measures: [(String, (Evaluation.Row) -> String)] = [
      ("Pearson", { EvaluationReport.hundredfold($0.correlation.pearson) })
    ]
    if accuracies {
      measures.append(
        (
          "accuracy",
          { row in
            row.accuracy.map { "\(EvaluationReport.hundredfold($0.value)) at \(String($0.threshold, format: "%.3f"))" }
              ?? "-"
          }
        ))
    }
    return measures
  }

  private var summary: [String] {
    let poolings = unique(ways.map(\.pooling))
    var table = TextTable([.left] + tasks.map { _ in .right })
    table.add([""] + tasks)
    for pooling in poolings {
      table.add(
        [pooling.rawValue]
          + tasks.map { task in
            evaluation.averages.filter { $0.task == task && $0.way.pooling == pooling }
              .map { EvaluationReport.hundredfold($0.weighted) }.joined(separator: " / ")
          })
    }
    return table.lines()
  }

  private static func hundredfold(_ value: Double) -> String { String(value * 100, format: "%.2f") }
}

extension EvaluationReport {
  /// Everything, coefficients from -1 to 1.
  var json: JSON {
    [
      "model": .string(model),
      "files": .array(evaluation.rows.map(json)),
      "averages": .array(
        evaluation.averages.map { average in
          [
            "task": .string(average.task), "pooling": .string(average.way.pooling.rawValue),
            "whitening": .string(average.way.whitening.description), "spearman": .double(average.plain),
            "weighted_spearman": .double(average.weighted),
          ]
        }),
      "whitenings": .array(evaluation.whitenings.map(json)),
    ]
  }

  private func json(_ row: Evaluation.Row) -> JSON {
    var members: [JSON.Member] = [
      JSON.Member("name", .string(Path(row.path).name)), JSON.Member("path", .string(row.path)),
      JSON.Member("task", .string(row.task)), JSON.Member("pairs", .integer(row.pairs)),
      JSON.Member("pooling", .string(row.way.pooling.rawValue)),
      JSON.Member("whitening", .string(row.way.whitening.description)),
      JSON.Member("components", .integer(row.components)),
      JSON.Member("spearman", .double(row.correlation.spearman)),
      JSON.Member("pearson", .double(row.correlation.pearson)),
    ]
    if let accuracy = row.accuracy {
      members.append(JSON.Member("accuracy", .double(accuracy.value)))
      members.append(JSON.Member("threshold", .double(accuracy.threshold)))
    }
    let skipped = files.first { $0.path == row.path }?.skipped ?? []
    members.append(JSON.Member("skipped_lines", .array(skipped.map { .integer($0.line) })))
    return .object(members)
  }

  private func json(_ computed: Evaluation.Computed) -> JSON {
    let fit = computed.fit
    return [
      "task": .string(computed.task), "pooling": .string(computed.way.pooling.rawValue),
      "whitening": .string(computed.way.whitening.description), "texts": .integer(fit.count),
      "components": .integer(fit.components), "rank": .integer(fit.rank),
      "greatest_eigenvalue": .double(fit.eigenvalues[0]), "smallest_eigenvalue": .double(fit.eigenvalues.last!),
      "floor": .double(fit.floor),
    ]
  }

  /// Spearman's weighted averages: a group for each task, a bar for each pooling and whitening.
  var chart: BarChart {
    let averages = evaluation.averages
    return BarChart(
      title: "Similarities and people's scores", subtitle: Path(model).name, vertical: "Spearman × 100", groups: tasks,
      series: ways.map { way in
        let own = averages.filter { $0.way == way }
        let name = way.whitening == .file ? way.pooling.rawValue : "\(way.pooling.rawValue), \(way.whitening)"
        return BarChart.Series(name: name, values: tasks.map { task in own.first { $0.task == task }!.weighted * 100 })
      })
  }
}
