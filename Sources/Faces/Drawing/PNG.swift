import Bytes
import CZlib

/// The Portable Network Graphics format (ISO/IEC 15948), as far as a picture of 8-bit colours needs it.
enum PNG {
  /// The file of a picture: IHDR, one IDAT and IEND.
  ///
  /// - Throws: `Problem` of kind *unavailable* when zlib has no memory.
  static func bytes(of raster: Raster) throws -> [UInt8] {
    var header: [UInt8] = bigEndian(raster.width) + bigEndian(raster.height)
    // Eight bits, red green blue; deflate, filters by row, no interlace.
    header += [8, 2, 0, 0, 0]
    return [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
      + chunk("IHDR", header) + chunk("IDAT", try deflated(rows(of: raster))) + chunk("IEND", [])
  }

  /// Every row behind the number of its filter, which is none.
  private static func rows(of raster: Raster) -> [UInt8] {
    var rows: [UInt8] = []
    rows.reserveCapacity((3 * raster.width + 1) * raster.height)
    for row in 0..<raster.height {
      rows.append(0)
      rows += raster.bytes[row * 3 * raster.width..<(row + 1) * 3 * raster.width]
    }
    return rows
  }

  /// Length, type, contents and CRC-32 of both.
  private static func chunk(_ type: String, _ contents: [UInt8]) -> [UInt8] {
    let body = Array(type.utf8) + contents
    let checksum = crc32(0, body, uInt(body.count))
    return bigEndian(contents.count) + body + bigEndian(Int(checksum))
  }

  private static func bigEndian(_ value: Int) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(value >> $0 & 0xff) }
  }

  private static func deflated(_ bytes: [UInt8]) throws -> [UInt8] {
    var count = compressBound(uLong(bytes.count))
    var result = [UInt8](repeating: 0, count: Int(count))
    let status = compress2(&result, &count, bytes, uLong(bytes.count), Z_BEST_COMPRESSION)
    guard status == Z_OK else {
      throw Problem(.unavailable, file: "the picture", found: "no memory to deflate with (zlib \(status))")
    }
    return Array(result[..<Int(count)])
  }
}
